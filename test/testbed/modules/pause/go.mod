module pulumi-couch/testbed/pause

go 1.24.0
