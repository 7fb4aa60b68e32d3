// Package notation has the ways in which the shell and its tools write things:
// regular expressions, backslash escapes, quoted words, printf's formats, patterns
// of file names, sizes, durations and dates. Package shell, awk, sed and the
// commands call it. It works on texts alone and knows no process, no file and no
// program.
package notation
