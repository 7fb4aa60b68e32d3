// Command program goes through what jumps: loops within loops, goroutines that give way
// in the middle of them, deferred calls, panics that are recovered, and labels.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

func main() {
	fmt.Println(primes(200))
	fmt.Println(strings.Join(words("jumps  over the lazy   dog "), "|"))
	fmt.Println(exchanged(50))
	fmt.Println(recovered())
	fmt.Println(labels(9))
	fmt.Println(irreducible(30))
	fmt.Println(deep(2_000))
	_, file, line, ok := runtime.Caller(0)
	fmt.Println(file != "", line, ok)
	numbers := make([]int, 1000)
	for i := range numbers {
		numbers[i] = i * 7919 % 1000
	}
	slices.Sort(numbers)
	fmt.Println(slices.IsSorted(numbers), numbers[17])
}

func primes(below int) (found []int) {
next:
	for candidate := 2; candidate < below; candidate++ {
		for _, prime := range found {
			if candidate%prime == 0 {
				continue next
			}
			if prime*prime > candidate {
				break
			}
		}
		found = append(found, candidate)
	}
	return found
}

func words(text string) (all []string) {
	begin := -1
	for at, letter := range text {
		switch {
		case letter == ' ' && begin >= 0:
			all = append(all, text[begin:at])
			begin = -1
		case letter != ' ' && begin < 0:
			begin = at
		}
	}
	return all
}

// exchanged gives way within loops, so that they go on in their middle.
func exchanged(count int) int {
	ping, pong := make(chan int), make(chan int)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(pong)
		for value := range ping {
			for range 3 {
				runtime.Gosched()
				value++
			}
			pong <- value
		}
	})
	sum := 0
	for i := range count {
		for j := range 2 {
			select {
			case ping <- i * j:
				sum += <-pong
			case <-make(chan int):
			}
		}
	}
	close(ping)
	group.Wait()
	return sum
}

var errOdd = errors.New("odd")

func recovered() string {
	count := 0
	try := func(i int) (err error) {
		defer func() {
			if r := recover(); r != nil {
				count++
				err = fmt.Errorf("recovered: %v", r)
			}
		}()
		defer runtime.Gosched()
		for j := range i {
			defer func() { _ = j }()
		}
		if i%3 == 0 {
			var none []int
			_ = none[i]
		}
		if i%2 == 1 {
			return errOdd
		}
		return nil
	}
	failed := 0
	for i := range 21 {
		if err := try(i); err != nil && !errors.Is(err, errOdd) {
			failed++
		}
	}
	return fmt.Sprintf("recovered from %d of %d", min(count, failed), 21)
}

func labels(size int) (sum int) {
outer:
	for i := range size {
		for j := range size {
			switch {
			case j > i:
				continue outer
			case i+j == 13:
				break outer
			case j%2 == 0:
				continue
			}
			sum += i*size + j
		}
	}
	return sum
}

// irreducible jumps into the middle of a loop.
func irreducible(count int) (sum int) {
	i := 0
	if count%2 == 0 {
		goto middle
	}
head:
	sum += i
middle:
	i++
	runtime.Gosched()
	if i%5 == 0 {
		sum -= 3
		goto head
	}
	if i < count {
		goto middle
	}
	return sum
}

// deep needs more of Go's stack than there is at first, and less of the engine's than there is.
func deep(levels int) int {
	var room [16]int
	if levels == 0 {
		return 1
	}
	room[levels%16] = deep(levels - 1)
	for _, value := range room {
		if value != 0 {
			return value + 1
		}
	}
	return 0
}
