import { command } from "./command";
import { addresses, namespace, nodes, type TestbedNode } from "./places";

/**
 * Makes the network: a namespace per node, each joined to a bridge in the namespace of the control plane. Routes lead
 * to every node's pods; services are translated on the nodes. Nothing leads out to the machine's own network.
 */
export async function makeNetwork(): Promise<void> {
  const existing = await namespaces();
  if (!existing.includes(namespace)) await makeControlPlaneNetwork();
  for (const node of nodes) if (!existing.includes(node.namespace)) await makeNodeNetwork(node);
}

/** Removes the namespaces, and with them what is in them. */
export async function removeNetwork(): Promise<void> {
  const existing = await namespaces();
  for (const name of [...nodes.map((node) => node.namespace), namespace])
    if (existing.includes(name)) await command("ip", ["netns", "delete", name]);
}

/** The processes in a network namespace; none if it is not there. */
export async function processesIn(name: string): Promise<number[]> {
  if (!(await namespaces()).includes(name)) return [];
  return (await command("ip", ["netns", "pids", name])).split("\n").filter(Boolean).map(Number);
}

async function namespaces(): Promise<string[]> {
  const listed = JSON.parse((await command("ip", ["-json", "netns", "list"])) || "[]") as { name: string }[];
  return listed.map(({ name }) => name);
}

async function makeControlPlaneNetwork(): Promise<void> {
  await command("ip", ["netns", "add", namespace]);
  await ip(namespace, "link set lo up");
  await ip(namespace, "link add fabric type bridge");
  await ip(namespace, `address add ${addresses.controlPlane}/${addresses.prefix} dev fabric`);
  await ip(namespace, "link set fabric up");
  // The first node translates the services' addresses for who is on no node, and answers in its own name.
  await ip(namespace, `route add ${addresses.services} via ${nodes[0]!.address}`);
}

async function makeNodeNetwork(node: TestbedNode): Promise<void> {
  await command("ip", ["netns", "add", node.namespace]);
  await ip(node.namespace, "link set lo up");
  await ip(namespace, `link add ${node.name} type veth peer name uplink netns ${node.namespace}`);
  await ip(namespace, `link set ${node.name} master fabric up`);
  await ip(node.namespace, `address add ${node.address}/${addresses.prefix} dev uplink`);
  await ip(node.namespace, "link set uplink up");
  await ip(node.namespace, `route add default via ${addresses.controlPlane}`);
  await ip(namespace, `route add ${node.pods} via ${node.address}`);
  for (const other of nodes.filter(({ name }) => name !== node.name))
    await ip(node.namespace, `route add ${other.pods} via ${other.address}`);
  await command("nsenter", [`--net=/run/netns/${node.namespace}`, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
}

async function ip(netns: string, line: string): Promise<void> {
  await command("ip", ["-netns", netns, ...line.split(" ")]);
}
