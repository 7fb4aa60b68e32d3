package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tabernetes/wasm/module"
)

// image is the memory of a program that is paused at some point of its start,
// in the file format of web/src/worker/image.ts.
type image struct {
	// header is JSON; it names the build of the module that the image fits.
	header []byte
	memory []byte
}

// capture is an image and the suffix of its file name, such as ".built.image".
type capture struct {
	ending string
	image  *image
}

// readCaptures reads images that were captured from a whole module.
func readCaptures(files []string) ([]capture, error) {
	var captures []capture
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		i, err := readImage(file)
		if err != nil {
			return nil, fmt.Errorf("read image %q: %w", name, err)
		}
		base := filepath.Base(name)
		captures = append(captures, capture{base[max(0, strings.IndexByte(base, '.')):], i})
	}
	return captures, nil
}

const (
	imageMagic    = "tbni"
	imagePreamble = 16
	imageWord     = 8
	// imageGap is the number of zero words up to which a gap is written out instead of
	// starting another run.
	imageGap = 8
)

var errNoImage = errors.New("no image as web/src/worker/image.ts lays it out")

func readImage(file []byte) (*image, error) {
	if len(file) < imagePreamble || string(file[:len(imageMagic)]) != imageMagic {
		return nil, errNoImage
	}
	word := func(at int) int { return int(binary.LittleEndian.Uint32(file[at:])) }
	headerLength, runs, sum := word(4), word(8), uint32(word(12))
	places := imagePreamble + headerLength
	rest := places + runs*imageWord
	if rest > len(file) {
		return nil, fmt.Errorf("%w: its head is cut off", errNoImage)
	}
	i := &image{header: bytes.TrimRight(file[imagePreamble:places], " ")}
	var spans []module.Span
	for at := places; at < places+runs*imageWord; at += imageWord {
		span := module.Span{Begin: word(at), End: word(at) + word(at+4)}
		length := span.End - span.Begin
		if rest+length > len(file) {
			return nil, fmt.Errorf("%w: it is cut off", errNoImage)
		}
		i.memory = append(i.memory, make([]byte, max(0, span.End-len(i.memory)))...)
		copy(i.memory[span.Begin:], file[rest:rest+length])
		rest += length
		spans = append(spans, span)
	}
	if rest != len(file) || checksum(i.memory, spans) != sum {
		return nil, fmt.Errorf("%w: it is damaged", errNoImage)
	}
	return i, nil
}

// encode makes the file.
func (i *image) encode() []byte {
	spans := i.runs()
	header := append(bytes.Clone(i.header), bytes.Repeat([]byte{' '}, -len(i.header)&(imageWord-1))...)
	file := []byte(imageMagic)
	for _, number := range []uint32{uint32(len(header)), uint32(len(spans)), checksum(i.memory, spans)} {
		file = binary.LittleEndian.AppendUint32(file, number)
	}
	file = append(file, header...)
	for _, s := range spans {
		file = binary.LittleEndian.AppendUint32(file, uint32(s.Begin))
		file = binary.LittleEndian.AppendUint32(file, uint32(s.End-s.Begin))
	}
	for _, s := range spans {
		file = append(file, i.memory[s.Begin:s.End]...)
	}
	return file
}

// runs are the parts of the memory that are not zero, in whole words.
func (i *image) runs() []module.Span {
	var spans []module.Span
	for at := 0; at < len(i.memory); at += imageWord {
		if binary.LittleEndian.Uint64(i.memory[at:]) == 0 {
			continue
		}
		if last := len(spans) - 1; last >= 0 && at-spans[last].End < imageGap*imageWord {
			spans[last].End = at + imageWord
		} else {
			spans = append(spans, module.Span{Begin: at, End: at + imageWord})
		}
	}
	return spans
}

// checksum is the checksum of image.ts: four sums, each FNV-1a over every fourth 32-bit
// word.
func checksum(memory []byte, spans []module.Span) uint32 {
	const prime = 0x01000193
	sums := [4]uint32{0x811c9dc5, 1, 2, 3}
	for _, s := range spans {
		for at := s.Begin; at < s.End; at += 4 {
			lane := (at - s.Begin) / 4 % 4
			sums[lane] = (sums[lane] ^ binary.LittleEndian.Uint32(memory[at:])) * prime
		}
	}
	for _, sum := range sums[1:] {
		sums[0] = (sums[0] ^ sum) * prime
	}
	return sums[0]
}

// standing marks the functions that are on the stacks of an image's goroutines: the
// runtime must be able to walk those stacks before any goroutine runs again. A return
// address is the slot of a function and, in the lower 16 bits, a non-zero place in it;
// no memory address looks like that, as the slots begin above all of them
// (funcValueOffset in cmd/link/internal/wasm).
func (i *image) standing(p *module.Program, functions []bool) {
	for at := 0; at+imageWord <= len(i.memory); at += imageWord {
		word := binary.LittleEndian.Uint64(i.memory[at:])
		number := int64(word>>16) - int64(p.FirstSlot)
		if word&0xffff != 0 && number >= 0 && number < int64(len(functions)) {
			functions[number] = true
		}
	}
}

// forBuild is the image without the deferred bytes, for a module of the given
// build. The image was captured from the whole module, whose build is another.
func (i *image) forBuild(s *share, whole, build string) (*image, error) {
	if bytes.Count(i.header, []byte(whole)) != 1 {
		return nil, fmt.Errorf("%w: it was not captured from the whole module, of build %s", errNoImage, whole)
	}
	made := &image{header: bytes.Replace(i.header, []byte(whole), []byte(build), 1), memory: bytes.Clone(i.memory)}
	for at := range made.memory[:min(len(made.memory), len(s.deferred))] {
		if !s.isDeferred(at) {
			continue
		}
		if made.memory[at] != s.tables.memory[at] {
			return nil, fmt.Errorf("byte %#x of the image would be deferred, and is not what it was", at)
		}
		made.memory[at] = 0
	}
	return made, s.tables.pack(made.memory)
}
