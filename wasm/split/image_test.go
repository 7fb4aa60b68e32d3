package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// madeByWorker is the image that encodeImage of web/src/worker/image.ts makes of a page of
// memory with the words that TestImageFile looks for.
const madeByWorker = "74626e692800000003000000565b5059" +
	"7b226275696c64223a226231222c227061676573223a312c227374617465223a7b7d7d2020202020" +
	"1000000018000000" + "a000000008000000" + "f8ff000008000000" +
	"8877665544332211" + "0500000000000000" + "ffffffffffffffff" + "0700000000000000" + "0100000000000000"

func TestImageFile(t *testing.T) {
	file, err := hex.DecodeString(madeByWorker)
	if err != nil {
		t.Fatal(err)
	}
	i, err := readImage(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(i.header) != `{"build":"b1","pages":1,"state":{}}` || len(i.memory) != 1<<16 {
		t.Errorf("header %s, %d bytes", i.header, len(i.memory))
	}
	for word, want := range map[int]uint64{
		1: 0, 2: 0x1122334455667788, 3: 5, 4: 0xffffffffffffffff, 19: 0, 20: 7, 8191: 1,
	} {
		if got := binary.LittleEndian.Uint64(i.memory[8*word:]); got != want {
			t.Errorf("word %d is %#x, want %#x", word, got, want)
		}
	}
	if got := i.encode(); !bytes.Equal(got, file) {
		t.Errorf("written again it is\n%x, want\n%x", got, file)
	}
}

func TestImageRefused(t *testing.T) {
	file, err := hex.DecodeString(madeByWorker)
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(file)
	altered[len(altered)-1] ^= 1
	for name, file := range map[string][]byte{
		"empty": nil, "a module": []byte("\x00asm\x01\x00\x00\x00 and more"), "head cut off": file[:40],
		"cut off": file[:len(file)-1], "longer": append(bytes.Clone(file), 0), "altered": altered,
	} {
		if _, err := readImage(file); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// startedImage is the image of a program that stands in a function.
func startedImage(l *linked, build string, number int) *image {
	memory := append(bytes.Clone(l.program.Memory), make([]byte, -len(l.program.Memory)&7+4096)...)
	const place = 3
	binary.LittleEndian.PutUint64(memory[len(memory)-8:], uint64(l.program.FirstSlot+number)<<16|place)
	return &image{header: []byte(`{"build":"` + build + `","pages":9,"state":{}}`), memory: memory}
}

// TestImages parts a program with an image of it, by a profile that names nothing.
func TestImages(t *testing.T) {
	l := program(t)
	standing := -1
	for number, name := range l.names {
		if strings.HasSuffix(name, "seldom.Deep") {
			standing = number
		}
	}
	directory := t.TempDir()
	file := filepath.Join(directory, "program.built.image")
	nothing := make([]bool, len(l.names))
	i := startedImage(l, buildOf(l.bytes, nothing), standing)
	if err := os.WriteFile(file, i.encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	captures, err := readCaptures([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(l.program, l.names, func(string) bool { return false }, captures...)
	if err != nil {
		t.Fatal(err)
	}
	made, err := part(l.bytes, l.tables, p, captures...)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(l.program, made, captures...); err != nil {
		t.Fatal(err)
	}
	if len(made.images) != 1 || made.images[0].ending != ".built.image" {
		t.Fatalf("made %d images", len(made.images))
	}
	parted, err := readImage(made.images[0].content)
	if err != nil {
		t.Fatal(err)
	}
	if want := buildOf(l.bytes, p.deferred); !strings.Contains(string(parted.header), want) {
		t.Errorf("the image is for %s, want build %s", parted.header, want)
	}
	now := *l.tables
	now.memory = parted.memory
	if err := unpack(now.memory, l.tables.section()); err != nil {
		t.Fatal(err)
	}
	others := 0
	for number, deferred := range p.deferred {
		tables := now.record(number).dataCount()
		switch {
		case number == standing && tables != l.tables.record(number).dataCount():
			t.Errorf("%s, in which a goroutine stands, has %d tables", l.names[number], tables)
		case number != standing && deferred && tables > 0 && !l.tables.record(number).inlinedAtEntry():
			others++
		}
	}
	if !p.deferred[standing] || others > 0 {
		t.Errorf("%d other functions that are deferred have tables (deferred: %t)", others, p.deferred[standing])
	}

	// An image that does not lead to this program again is found.
	made.images[0].content = startedImage(l, "b", standing).encode()
	captures[0].image.memory[len(captures[0].image.memory)-16] = 1
	if err := verify(l.program, made, captures...); err == nil {
		t.Error("nobody sees that the image is another")
	}
	if _, err := part(l.bytes, l.tables, p, capture{".x.image", startedImage(l, "another", standing)}); err == nil {
		t.Error("an image of another build is taken")
	}
}
