#!/usr/bin/env node
// JavaScript up to 2026, a construct at a time. What is called `seen` must be seen.
import defer * as report from './report.js';
import source module from './module.wasm';
import settings from './settings.json' with { type: 'json' };
export { parse } from './parse.js' with { type: 'json' };
export * as stock from './stock.js';
class Account {
    static { seen(1); }
    #ledger = seen(2);
    static #count() { seen(3); }
    accessor owner = seen(4);
    static accessor opened;
    @watched accessor balance = seen(5);
    @logged() async close() { await seen(6); }
    @(task(function* () { yield seen(7); }).drop()) run;
    has(other) { return #ledger in other && seen(8); }
}
@sealed export class Before { run() { seen(9); } }
export @sealed class After { run() { seen(10); } }
const data = await seen(11);
const late = await import.source('./late.wasm');
const lazy = await import.defer('./lazy.js');
{ using file = seen(12); file.read(seen(13)); }
async function scoped() {
    await using connection = await seen(14);
    for (using row of seen(15)) { seen(16); }
    for await (await using row of seen(17)) { seen(18); }
}
a ??= seen(19); b ||= seen(20); c &&= seen(21); d **= 2;
const big = 1_000n, mask = 0xff_ff, octal = 0o7_7, bits = 0b1_0;
const sets = /[\p{L}--[a-z]]/v, both = /[[a-z]&&[aeiou]]/v, modified = /(?i:x)(?<a>y)|(?<a>z)/;
<!-- a comment of old
seen(22); /* and */
--> another
const url = import.meta.url;
label: for (const item of seen(23)) { break label; }
try { seen(24); } catch { seen(25); }
const page = <p title="a=1&b=2">R & D {seen(26)}</p>;
maybe?.[key]?.(seen(27));
