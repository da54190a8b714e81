// TypeScript up to 5.9, a construct at a time. What is called `seen` must be seen.
export type * from './events';
export type * as orders from './orders';
export * as stock from './stock';
import type Legacy = require('./legacy');
import defer * as report from './report';
import { type Order, type Price as Cost } from './order';
import settings from './settings.json' with { type: 'json' };
import type { Feed } from './feed' with { 'resolution-mode': 'import' };
export { parse } from './parse' with { 'resolution-mode': 'require' };
export type { Old } from './old' assert { 'resolution-mode': 'require' };
import fs = require('fs');

interface Source<out T> { next(): T }
interface Sink<in T> { put(item: T): void }
interface Pipe<in out T, in K extends string = string> { turn(item: T, by: K): T }
class Box<const in out T> { constructor(readonly item: T) { seen(1); } }
type Mapped<in out T extends object> = { readonly [K in keyof T as `on${K & string}`]-?: T[K] };
function tuple<const T extends readonly unknown[]>(...items: T): T { seen(2); return items; }
const plan = { retries: 3, wait: seen(3) } satisfies Record<string, number>;

class Account {
    accessor owner = seen(4);
    static accessor opened: number = seen(5);
    private accessor #secret = seen(6);
    @watched accessor balance = 0;
    @logged() @bound.twice static async close(@Inject('clock') readonly clock: Clock) { await seen(7); }
    @(retried(3).times(seen(8))) pay() { seen(9); }
    static { seen(10); }
    #ledger = 1;
    has(other: object) { return #ledger in other && seen(11); }
    declare readonly kind: string;
    override toString() { return `${seen(12)}`; }
    async *[Symbol.asyncIterator]() { yield* seen(13); }
    get total(): number { return seen(14); }
    set total(value: number | string) { seen(15); }
    take(amount: number): void;
    take(amount: string): void;
    take(amount: any) { seen(16); }
}
@sealed export class Before { run() { seen(17); } }
export @sealed class After { run() { seen(18); } }
abstract class Base {
    abstract accessor level: number;
    protected abstract readonly name: string;
    abstract open(): void;
    close() { seen(19); }
}
type Maker = abstract new (...args: any[]) => object;

function scoped() {
    using file = seen(20);
    file.read(seen(21));
    for (using row of seen(22)) { row.use(seen(23)); }
}
async function scopedLater() {
    await using connection = await seen(24);
    for await (await using row of seen(25)) { seen(26); }
    const lazy = await import.defer('./lazy');
    const data = await import('./data.json', { with: { type: 'json' } });
    return seen(27);
}

function isText(value: unknown): asserts value is string { seen(28); }
class Door { isOpen(): this is Open { return seen(29); } check(): asserts this is Open { seen(30); } }
type Route = `/${string}/${Uppercase<'id'>}`;
type First<T> = T extends [infer Head extends string, ...infer Rest] ? Head : never;
declare const token: unique symbol;
const enum Level { Low = 1, High = Low << 1 }
declare const enum Ambient { A }
const generic = async <T,>(item: T) => { await seen(31, item); };
const makeText = tuple<string>;
const rows = await db.query<Row[]>`select ${seen(32)}`;
const styledBox = styled(Link)<{ wide: boolean; size?: Array<Map<string, () => void>> }>`
    color: ${(props) => seen(33)};
`;
let entries: import('fs').Dirent[];
let table: import('@acme/table').Table<Row>;
let handler: (string) => void = () => seen(34);
interface Listeners { on?: (string, boolean) => void; off: (any) => void }
class Bridge { constructor(private readonly as: App, readonly of: Y) { seen(35); } }
for (let at = 0; at < unique.length; at += step) { seen(36); }
class Tape { accessor = 1; type = 2; play() { this.accessor = seen(37); } }
type Header = {
    value: string
    in: 'header' | 'query'
}
type Call = {
    (name: string): void
    <T extends string>(name: T): Promise<T>
}
a ??= seen(38); b ||= seen(39); c &&= seen(40);
const big = 1_000_000n, mask = 0xff_ff, octal = 0o17, bits = 0b1010;
const pattern = /[\p{L}--[a-z]]/v, named = /(?<year>\d{4})/dgimsuy;
try { seen(41); } catch { seen(42); } finally { seen(43); }
outer: for await (const item of seen(44)) { continue outer; }
const url = import.meta.url, found = import.meta.resolve('./x');
value!.must!.be!(seen(45)); maybe?.[key]?.(seen(46));
