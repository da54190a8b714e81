// Package modern is Go up to 1.26, a construct at a time. What is called `seen` must be seen.
package modern

import (
	"iter"
	"maps"
)

type Number interface {
	~int | ~int64 | float64
}
type Set[T comparable] = map[T]struct{}
type Node[T Ordered[T]] interface{ Less(T) bool }
type List[T interface{ ~[]E }, E any] struct {
	next *List[T, E]
	*Embedded[E]
}

func (l *List[T, E]) Push(x E) { seen(1, x) }

func Map[T, U any](xs []T, f func(T) U) []U {
	for i := range 10 {
		seen(2, i)
	}
	for range 3 {
		seen(3)
	}
	for x := range func(yield func(int) bool) { yield(seen(4)) } {
		seen(5, x)
	}
	for k, v := range maps.All(all) {
		seen(6, k, v)
	}
	return nil
}

func Pairs[K comparable, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { seen(7) }
}

func values() {
	a := new(5)
	b := new("text")
	c := new(time.Now())
	d := new(*p)
	e := new(int64(seen(8)))
	f := new(T{1, new(true)})
	g := new(a == b)
	h := new([]int{seen(9)})
	i := new(func() int { return seen(10) }())
	j := use(seen(11), new(x+1), new(int), new([]string), new(map[string]int), new(G[int]))
	least, most := min(1, 2, seen(12)), max(a, b)
	clear(all)
	n := 0b1010_1010 + 0o17 + 0x_FF + 1_000_000 + 0x1p-2
	t := [4]int(seen(13))
	_ = Map[int, string](xs, nil)
	_ = Pair[string, []int]{A: seen(14)}
	goto end
outer:
	for {
		select {
		case v, ok := <-ch:
			seen(15, v, ok)
			continue outer
		case ch <- 1:
			break outer
		}
	}
end:
	switch x := v.(type) {
	case int, string:
		seen(16, x)
		fallthrough
	default:
	}
	defer func() { recover() }()
}
