package classroom

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the empty margin that readers of a QR code need, in modules.
const quiet = 2

// TerminalCode returns a QR code as lines of half blocks, light on dark: two rows of
// modules a line.
func TerminalCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("make a QR code of %q: %w", text, err)
	}
	var lines strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		for x := -quiet; x < code.Size+quiet; x++ {
			lines.WriteRune(halves[[2]bool{!code.Black(x, y), !code.Black(x, y+1)}])
		}
		lines.WriteByte('\n')
	}
	return lines.String(), nil
}

// halves are the characters for a light upper and lower module.
var halves = map[[2]bool]rune{
	{true, true}:   '█',
	{true, false}:  '▀',
	{false, true}:  '▄',
	{false, false}: ' ',
}
