import type { Observation } from "../../../components/couchdb/join/observation";

/** Erlang name of the node with this letter. */
export const nameOf = (letter: string): string => `couchdb@${letter}`;

/** URL of the node with this letter. */
export const urlOf = (letter: string): string => `http://${letter}:5984`;

/** A fresh node as the container image starts it, with what a case wants otherwise. */
export function node(letter: string, differences: Partial<Observation> = {}): Observation {
  return {
    url: urlOf(letter),
    name: nameOf(letter),
    version: "3.5.0",
    uuid: `uuid-${letter}`,
    setup: "cluster_enabled",
    connected: [nameOf(letter)],
    members: [nameOf(letter)],
    databases: [],
    holdings: {},
    ...differences,
  };
}

/** Nodes that list and see all of these letters. */
export function joined(letters: string, differences: Partial<Observation> = {}): Observation[] {
  const names = [...letters].map(nameOf);
  return [...letters].map((letter) => node(letter, { connected: names, members: names, ...differences }));
}

/** A finished cluster of these letters. */
export function finished(letters: string, differences: Partial<Observation> = {}): Observation[] {
  const databases = ["_replicator", "_users"];
  return joined(letters, { setup: "cluster_finished", uuid: "one", databases, ...differences });
}
