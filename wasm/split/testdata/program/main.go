// Command program is parted by the tests of wasm/split, and run. What it prints must
// not depend on how it is parted. The functions of package seldom can be deferred.
package main

import (
	"fmt"
	"os"
	"runtime"

	"tabernetes/wasm/split/testdata/program/seldom"
)

func main() {
	fmt.Println(seldom.NameOf(seldom.Deep))
	runtime.GC()
	started := seldom.Start(100)
	// All of them stand at their first instruction, in a function that has not run.
	runtime.GC()
	fmt.Println(<-started)
	fmt.Println(seldom.Total())
	fmt.Println(seldom.Deep(20_000))
	fmt.Println(seldom.Recovered())
	fmt.Println(seldom.Where())
	runtime.GC()
	if len(os.Args) > 1 {
		fmt.Println(seldom.Join(os.Args))
	}
}
