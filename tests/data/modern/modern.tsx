// TSX: what markup may hold, and generics beside it.
export type * from './props';
const pick = <T,>(items: T[]) => <ul>{items.map((item) => seen(1, item))}</ul>;
const keep = <const T extends object>(item: T) => seen(2, item);
const Terms = () => (
    <section>
        <h1>Terms & conditions of R&D, 50 &amp; more &nbsp;</h1>
        <a href="https://example.com/?from=1&to=2" onClick={() => seen(3)}>
            {first} & {seen(4)} && so on
        </a>
        <List<Order> render={(order) => <b>{seen(5, order)}</b>} {...seen(6)} data-x="y" />
        <>{/* nothing */}{...seen(7)}</>
    </section>
);
const Wide = styled.div<{ wide: boolean }>`width: ${() => seen(8)};`;
