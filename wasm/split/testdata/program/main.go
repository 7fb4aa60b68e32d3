// Command program is parted by the tests of wasm/split.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

type shape interface{ area() float64 }

type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type circle struct{ radius float64 }

func (c circle) area() float64 { return 3 * c.radius * c.radius }

//go:noinline
func total(shapes []shape) float64 {
	sum := 0.0
	for _, s := range shapes {
		sum += s.area()
	}
	return sum
}

//go:noinline
func seldom(words []string) func() string {
	return func() string {
		sort.Strings(words)
		return strings.Join(words, " ")
	}
}

func main() {
	fmt.Println(total([]shape{square{2}, circle{1}}))
	if len(os.Args) > 1 {
		done := make(chan string)
		go func() { done <- seldom(os.Args)() }()
		fmt.Println(<-done)
	}
}
