package notation

import (
	"regexp"

	"mvdan.cc/sh/v3/pattern"
)

// Match compares a whole text with a pattern of the shell, such as a*.
func Match(wanted, text string) bool {
	expression, err := pattern.Regexp(wanted, pattern.EntireString)
	if err != nil {
		return wanted == text
	}
	compiled, err := regexp.Compile(expression)
	return err == nil && compiled.MatchString(text)
}
