// Package seldom has functions of all kinds, for the tests of wasm/split.
package seldom

import (
	"fmt"
	"reflect"
	"runtime"
	"sort"
	"strings"
)

type shape interface{ area() float64 }

type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type circle struct{ radius float64 }

func (c circle) area() float64 { return 3 * c.radius * c.radius }

// Total calls methods through an interface.
func Total() float64 {
	sum := 0.0
	for _, s := range []shape{square{2}, circle{1}} {
		sum += s.area()
	}
	return sum
}

// Start starts goroutines and returns what brings the sum of their numbers.
func Start(count int) <-chan int {
	numbers, sum := make(chan int), make(chan int)
	for number := range count {
		go send(numbers, number)
	}
	go func() {
		total := 0
		for range count {
			total += <-numbers
		}
		sum <- total
	}()
	return sum
}

//go:noinline
func send(numbers chan<- int, number int) { numbers <- number }

// Deep needs a large stack, which the runtime must walk to move it.
//
//go:noinline
func Deep(depth int) int {
	var room [16]int
	for i := range room {
		room[i] = depth + i
	}
	if depth == 0 {
		return room[3]
	}
	return Deep(depth-1) + room[depth%16] - room[depth%16]
}

// Recovered comes back from a panic in a function that it calls.
func Recovered() (text string) {
	defer func() { text = fmt.Sprint("recovered: ", recover()) }()
	return fmt.Sprint(first(nil))
}

//go:noinline
func first(values []int) int { return values[0] }

// Where is the line of this function.
func Where() string {
	_, file, line, ok := runtime.Caller(0)
	return fmt.Sprint(file[strings.LastIndexByte(file, '/')+1:], " ", line, " ", ok)
}

// NameOf is the name of a function, which need not have run.
func NameOf(function any) string {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
}

// Join sorts words.
func Join(words []string) string {
	sort.Strings(words)
	return strings.Join(words, " ")
}
