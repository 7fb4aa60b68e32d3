package awk

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tabernetes/engine/userland/notation"
)

// value is a string, a number, or a string from outside that looks like a
// number and compares as one.
type value struct {
	text    string
	n       float64
	numeric bool // it is a number, or looks like one
	isText  bool // text is given
}

func numberValue(n float64) value { return value{n: n, numeric: true} }

func textValue(text string) value { return value{text: text, isText: true} }

// inputValue is a value from outside: a field, a variable of -v.
func inputValue(text string) value {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return value{text: text, n: n, numeric: err == nil, isText: true}
}

func truthValue(holds bool) value {
	if holds {
		return numberValue(1)
	}
	return numberValue(0)
}

func (v value) number() float64 {
	if v.numeric {
		return v.n
	}
	text := strings.TrimSpace(v.text)
	for n := len(notation.Leading(text, 40, "+-.0123456789eE")); n > 0; n-- {
		if number, err := strconv.ParseFloat(text[:n], 64); err == nil {
			return number
		}
	}
	return 0
}

func (v value) string() string {
	switch {
	case v.isText:
		return v.text
	case !v.numeric:
		return ""
	case v.n == math.Trunc(v.n) && math.Abs(v.n) < 1e16:
		return strconv.FormatInt(int64(v.n), 10)
	}
	return fmt.Sprintf("%.6g", v.n)
}

func (v value) truth() bool {
	if v.numeric {
		return v.n != 0
	}
	return v.text != ""
}
