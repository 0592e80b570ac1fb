// Chance that can be had again: the same numbers for the same seed.

// A mulberry32: small, and even enough to choose moments by.
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least, most) => least + Math.floor(next() * (most - least + 1));
  return { next, between, one: (list) => list[between(0, list.length - 1)], in: (odds) => next() < odds };
}

// Another one for each run, unless it is given; a story prints it.
export const seed = () => Number(process.env.COMANDA_SEED ?? Date.now() % 2 ** 31);
