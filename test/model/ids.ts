const SWARM_ID = { alphabet: '0123456789abcdefghijklmnopqrstuvwxyz', length: 25 };
const CONTAINER_ID = { alphabet: '0123456789abcdef', length: 64 };

/** An id as swarm gives to services, tasks and nodes. */
export function swarmId(random: () => number): string {
  return draw(SWARM_ID, random);
}

export function containerId(random: () => number): string {
  return draw(CONTAINER_ID, random);
}

function draw({ alphabet, length }: typeof SWARM_ID, random: () => number): string {
  let id = '';
  for (let i = 0; i < length; i++) id += alphabet.charAt(Math.floor(random() * alphabet.length));
  return id;
}
