package reading

import (
	"bytes"
	"unicode/utf8"
)

// byteOrderMark may stand at the beginning of a file in UTF-8, and is no part of its text.
var byteOrderMark = []byte("\ufeff")

// Text is what an editor shows of a file in UTF-8: without a byte order mark, with lines
// that end as on Unix. It reports, and returns false for, a file in another encoding or
// with nothing in it.
func Text(file []byte, r *Report) (text []byte, ok bool) {
	if !IsText(file, r) {
		return nil, false
	}
	text = bytes.TrimPrefix(file, byteOrderMark)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if len(bytes.TrimSpace(text)) == 0 {
		r.Add(0, "no content")
		return nil, false
	}
	return text, true
}

// IsText reports whether a file is in UTF-8, and where it is not.
func IsText(file []byte, r *Report) bool {
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) {
		r.Add(0, "the file is in UTF-16: save it in the encoding UTF-8")
		return false
	}
	for at := 0; at < len(file); {
		character, size := utf8.DecodeRune(file[at:])
		if character == utf8.RuneError && size == 1 {
			r.AddAt(PlaceAt(file, at), "byte %#x is not UTF-8: save the file in the encoding UTF-8", file[at])
			return false
		}
		at += size
	}
	return true
}
