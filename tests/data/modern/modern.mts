// A module of TypeScript, in which a generic arrow function needs no comma.
export type * from './types.mjs';
const pick = <T>(items: T[]) => seen(1, items);
const text = <string>seen(2);
await using connection = await seen(3);
