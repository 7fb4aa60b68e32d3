package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// symbolTable is the file of Go's runtime, below GOROOT, that finds the function of a
// program counter.
const symbolTable = "src/runtime/symtab.go"

const (
	// lookup is the code of findfunc: it uses a table with an entry for each 4096
	// program counters. On wasm each function has 65,536 of them, whatever its size,
	// so that entry k holds k/16, in 20 bytes: a fifth of a module and of the memory
	// it needs.
	lookup = `	b := x / abi.FuncTabBucketSize
	i := x % abi.FuncTabBucketSize / (abi.FuncTabBucketSize / nsub)

	ffb := (*findfuncbucket)(add(unsafe.Pointer(datap.findfunctab), b*unsafe.Sizeof(findfuncbucket{})))
	idx := ffb.idx + uint32(ffb.subbuckets[i])
`
	// computed is the same number without the table, which wasm/compact leaves out.
	computed = "\tidx := uint32(x / (abi.FuncTabBucketSize * nsub))\n"
)

// errNoLookup means that this version of Go finds functions in another way.
var errNoLookup = errors.New("runtime.findfunc is not what it was: compare it with package overlay and with wasm/compact")

// withComputedFunctions lets findfunc compute what it would look up.
func withComputedFunctions(source []byte) ([]byte, error) {
	if bytes.Count(source, []byte(lookup)) != 1 {
		return nil, errNoLookup
	}
	return bytes.Replace(source, []byte(lookup), []byte(computed), 1), nil
}

// changedRuntime returns the path of the file of Go's runtime that is replaced on
// wasm, and its new content.
func changedRuntime() (path string, content []byte, err error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", nil, fmt.Errorf("find Go's runtime: %w", err)
	}
	path = filepath.Join(strings.TrimSpace(string(root)), filepath.FromSlash(symbolTable))
	source, err := os.ReadFile(path)
	if err != nil {
		return "", nil, fmt.Errorf("read Go's runtime: %w", err)
	}
	content, err = withComputedFunctions(source)
	return path, content, err
}
