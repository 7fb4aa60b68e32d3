package shell

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"tabernetes/engine/filesystem"
)

func isExist(err error) bool { return errors.Is(err, filesystem.ErrExist) }

func cleanPath(name string) string { return path.Clean(name) }

func commandTrue(context.Context, *Invocation) int { return 0 }

func commandFalse(context.Context, *Invocation) int { return 1 }

func commandEcho(_ context.Context, i *Invocation) int {
	words := i.Args[1:]
	newline, escapes := true, false
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' && strings.Trim(words[0][1:], "neE") == "" {
		for _, letter := range words[0][1:] {
			switch letter {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		words = words[1:]
	}
	text := strings.Join(words, " ")
	if escapes {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	if _, err := fmt.Fprint(i.Stdout, text); err != nil {
		i.Errorf("write error: %s", filesystem.Text(err))
		return 1
	}
	return 0
}

// unescape replaces backslash sequences. zero says that octal numbers begin with
// 0, as in echo -e and %b. stop is set by \c.
func unescape(text string, zero bool) (result string, stop bool) {
	var out strings.Builder
	for n := 0; n < len(text); n++ {
		if text[n] != '\\' || n+1 == len(text) {
			out.WriteByte(text[n])
			continue
		}
		n++
		if at := strings.IndexByte("abefnrtv\\\"'", text[n]); at >= 0 {
			if (text[n] == '"' || text[n] == '\'') && zero {
				out.WriteByte('\\')
			}
			out.WriteByte("\a\b\x1b\f\n\r\t\v\\\"'"[at])
			continue
		}
		switch {
		case text[n] == 'c':
			return out.String(), true
		case text[n] == 'x':
			digits := leading(text[n+1:], 2, "0123456789abcdefABCDEF")
			if digits == "" {
				out.WriteString(`\x`)
				continue
			}
			number, _ := strconv.ParseUint(digits, 16, 8)
			out.WriteByte(byte(number))
			n += len(digits)
		case text[n] >= '0' && text[n] <= '7':
			limit := 3
			if zero && text[n] == '0' {
				limit = 4
			}
			digits := leading(text[n:], limit, "01234567")
			number, _ := strconv.ParseUint(digits, 8, 16)
			out.WriteByte(byte(number))
			n += len(digits) - 1
		default:
			out.WriteByte('\\')
			out.WriteByte(text[n])
		}
	}
	return out.String(), false
}

func leading(text string, limit int, set string) string {
	n := 0
	for n < len(text) && n < limit && strings.IndexByte(set, text[n]) >= 0 {
		n++
	}
	return text[:n]
}

func commandPrintf(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		fmt.Fprintln(i.Stderr, "usage: printf FORMAT [ARG]...")
		return 1
	}
	format, arguments := words[0], words[1:]
	code := 0
	for {
		printer := formatter{invocation: i, arguments: arguments}
		stop := printer.print(format)
		if printer.failed {
			code = 1
		}
		if _, err := fmt.Fprint(i.Stdout, printer.out.String()); err != nil {
			return 1
		}
		if stop || printer.used == 0 || printer.used >= len(arguments) || i.Step(ctx) != nil {
			return code
		}
		arguments = arguments[printer.used:]
	}
}

// formatter carries out one pass of printf over its format.
type formatter struct {
	invocation *Invocation
	arguments  []string
	used       int
	out        strings.Builder
	failed     bool
	literal    bool // the format has no escapes left, as in awk
}

// maxWidth is the widest field of printf.
const maxWidth = 4096

func (f *formatter) next() string {
	f.used++
	if f.used > len(f.arguments) {
		return ""
	}
	return f.arguments[f.used-1]
}

func (f *formatter) print(format string) (stop bool) {
	for format != "" {
		at := strings.IndexByte(format, '%')
		literal := format
		if at >= 0 {
			literal = format[:at]
		}
		text, ended := literal, false
		if !f.literal {
			text, ended = unescape(literal, false)
		}
		f.out.WriteString(text)
		if ended || at < 0 {
			return ended
		}
		format = format[at+1:]
		if strings.HasPrefix(format, "%") {
			f.out.WriteByte('%')
			format = format[1:]
			continue
		}
		spec := "%"
		for format != "" && strings.IndexByte("-+ #0123456789.*", format[0]) >= 0 {
			if format[0] == '*' {
				width, _ := strconv.Atoi(f.next())
				spec += strconv.Itoa(min(width, maxWidth))
			} else {
				spec += format[:1]
			}
			format = format[1:]
		}
		for format != "" && strings.IndexByte("hlLqjzt", format[0]) >= 0 && !strings.HasPrefix(format, "q") {
			format = format[1:]
		}
		if format == "" {
			f.wrong("%s: invalid format", spec)
			return true
		}
		for _, number := range strings.FieldsFunc(spec, func(r rune) bool { return r < '0' || r > '9' }) {
			if width, err := strconv.Atoi(number); err != nil || width > maxWidth {
				f.wrong("%s: invalid format", spec)
				return true
			}
		}
		if f.convert(spec, format[0]) {
			return true
		}
		format = format[1:]
	}
	return false
}

func (f *formatter) wrong(format string, values ...any) {
	f.failed = true
	f.invocation.Errorf(format, values...)
}

func (f *formatter) convert(spec string, letter byte) (stop bool) {
	switch letter {
	case 's':
		fmt.Fprintf(&f.out, spec+"s", f.next())
	case 'q':
		fmt.Fprintf(&f.out, spec+"s", quote(f.next()))
	case 'b':
		text, ended := unescape(f.next(), true)
		fmt.Fprintf(&f.out, spec+"s", text)
		return ended
	case 'c':
		if word := f.next(); word != "" {
			fmt.Fprintf(&f.out, spec+"s", word[:1])
		}
	case 'd', 'i':
		fmt.Fprintf(&f.out, spec+"d", f.number())
	case 'u':
		fmt.Fprintf(&f.out, spec+"d", uint64(f.number()))
	case 'o', 'x', 'X':
		fmt.Fprintf(&f.out, spec+string(letter), uint64(f.number()))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		word := f.next()
		number, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil && word != "" {
			f.wrong("invalid number '%s'", word)
		}
		fmt.Fprintf(&f.out, spec+string(letter), number)
	default:
		f.wrong("%s%c: invalid format", spec, letter)
		return true
	}
	return false
}

func (f *formatter) number() int64 {
	word := strings.TrimSpace(f.next())
	if word == "" {
		return 0
	}
	if word[0] == '\'' || word[0] == '"' {
		for _, character := range word[1:] {
			return int64(character)
		}
		return 0
	}
	number, err := strconv.ParseInt(word, 0, 64)
	if err != nil {
		f.wrong("invalid number '%s'", word)
	}
	return number
}

// maxSleep stands for a sleep without end.
const maxSleep = time.Duration(math.MaxInt64)

// parseDuration reads a number with a suffix s, m, h or d, or "infinity".
func parseDuration(text string) (time.Duration, bool) {
	if text == "infinity" || text == "inf" {
		return maxSleep, true
	}
	unit := time.Second
	if text != "" {
		switch text[len(text)-1] {
		case 's':
			text = text[:len(text)-1]
		case 'm':
			text, unit = text[:len(text)-1], time.Minute
		case 'h':
			text, unit = text[:len(text)-1], time.Hour
		case 'd':
			text, unit = text[:len(text)-1], 24*time.Hour
		}
	}
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < 0 {
		return 0, false
	}
	if number*float64(unit) >= float64(maxSleep) {
		return maxSleep, true
	}
	return time.Duration(number * float64(unit)), true
}

func commandSleep(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	if len(words) == 0 {
		i.Errorf("missing operand")
		return 1
	}
	total := time.Duration(0)
	for _, word := range words {
		duration, ok := parseDuration(word)
		if !ok {
			i.Errorf("invalid number '%s'", word)
			return 1
		}
		if i.Name() == "usleep" {
			duration /= 1_000_000
		}
		if total += duration; total < 0 {
			total = maxSleep
		}
	}
	if total == maxSleep {
		<-ctx.Done()
		return ending(ctx)
	}
	if i.System.sleep(ctx, total) != nil {
		return ending(ctx)
	}
	return 0
}

func commandTimeout(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	signal := SIGTERM
	for len(words) > 1 && strings.HasPrefix(words[0], "-") {
		switch words[0] {
		case "-s", "-k":
			if words[0] == "-s" {
				parsed, err := ParseSignal(words[1])
				if err != nil {
					i.Errorf("bad signal name '%s'", words[1])
					return 1
				}
				signal = parsed
			}
			words = words[2:]
		case "-t":
			words = words[1:]
		default:
			i.Errorf("unrecognized option: %s", strings.TrimLeft(words[0], "-"))
			return 1
		}
	}
	if len(words) < 2 {
		fmt.Fprintln(i.Stderr, "Usage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS")
		return 1
	}
	limit, ok := parseDuration(words[0])
	if !ok {
		i.Errorf("invalid number '%s'", words[0])
		return 1
	}
	limited, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(killedError{signal}) })
	code := i.Execute(limited, words[1:], i.Env, nil)
	expired := !timer.Stop() && limited.Err() != nil && ctx.Err() == nil
	cancel(nil)
	if expired && signal != SIGKILL {
		return 143
	}
	return code
}

func commandPwd(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, i.Dir)
	return 0
}

func commandEnv(ctx context.Context, i *Invocation) int {
	env := i.Env
	words := i.Args[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		switch {
		case words[0] == "-i" || words[0] == "-":
			env = nil
		case words[0] == "-u" && len(words) > 1:
			env = withoutVariable(env, words[1])
			words = words[1:]
		default:
			i.Errorf("unrecognized option: %s", strings.TrimLeft(words[0], "-"))
			return 1
		}
		words = words[1:]
	}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		name, _, _ := strings.Cut(words[0], "=")
		env = append(withoutVariable(env, name), words[0])
		words = words[1:]
	}
	if len(words) == 0 {
		for _, pair := range env {
			fmt.Fprintln(i.Stdout, pair)
		}
		return 0
	}
	if _, err := i.System.LookPath(words[0], i.Dir, env); err != nil {
		i.Errorf("can't execute '%s': No such file or directory", words[0])
		return 127
	}
	return i.Execute(ctx, words, env, nil)
}

func withoutVariable(env []string, name string) []string {
	kept := make([]string, 0, len(env)+1)
	for _, pair := range env {
		if !strings.HasPrefix(pair, name+"=") {
			kept = append(kept, pair)
		}
	}
	return kept
}

func commandPrintenv(_ context.Context, i *Invocation) int {
	if len(i.Args) == 1 {
		for _, pair := range i.Env {
			fmt.Fprintln(i.Stdout, pair)
		}
		return 0
	}
	code := 0
	for _, name := range i.Args[1:] {
		found := false
		for _, pair := range i.Env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				fmt.Fprintln(i.Stdout, value)
				found = true
			}
		}
		if !found {
			code = 1
		}
	}
	return code
}

func commandHostname(_ context.Context, i *Invocation) int {
	name := i.System.Hostname
	if len(i.Args) > 1 && i.Args[1] == "-s" {
		name, _, _ = strings.Cut(name, ".")
	}
	if len(i.Args) > 1 && i.Args[1] == "-i" && i.System.Network != nil {
		addresses, err := i.System.Network.Lookup(context.Background(), name)
		if err != nil || len(addresses) == 0 {
			i.Errorf("%s: Unknown host", name)
			return 1
		}
		name = addresses[0]
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}

func commandWhoami(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, i.User)
	return 0
}

func commandID(_ context.Context, i *Invocation) int {
	found, _, ok := i.parse("ugnG", nil)
	if !ok {
		return 1
	}
	number := "0"
	if i.User != "root" {
		number = "1000"
		if _, err := strconv.Atoi(i.User); err == nil {
			number = i.User
		}
	}
	switch {
	case found.has('n'):
		fmt.Fprintln(i.Stdout, i.User)
	case found.has('u') || found.has('g') || found.has('G'):
		fmt.Fprintln(i.Stdout, number)
	case number == i.User:
		fmt.Fprintf(i.Stdout, "uid=%s gid=0(root) groups=0(root)\n", number)
	default:
		fmt.Fprintf(i.Stdout, "uid=%s(%s) gid=%s(%s) groups=%s(%s)\n", number, i.User, number, i.User, number, i.User)
	}
	return 0
}

func commandUname(_ context.Context, i *Invocation) int {
	found, _, ok := i.parse("asnrvmpio", nil)
	if !ok {
		return 1
	}
	parts := []struct {
		letter byte
		text   string
	}{
		{'s', "Linux"}, {'n', i.System.Hostname}, {'r', "6.12.0"}, {'v', "#1 SMP"}, {'m', "x86_64"}, {'o', "GNU/Linux"},
	}
	var words []string
	for _, part := range parts {
		if found.has('a') || found.has(part.letter) || len(found) == 0 && part.letter == 's' {
			words = append(words, part.text)
		}
	}
	fmt.Fprintln(i.Stdout, strings.Join(words, " "))
	return 0
}

func commandNproc(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, max(1, i.System.Processors))
	return 0
}

func commandClear(_ context.Context, i *Invocation) int {
	fmt.Fprint(i.Stdout, "\x1b[H\x1b[J")
	return 0
}

func commandYes(ctx context.Context, i *Invocation) int {
	word := "y"
	if len(i.Args) > 1 {
		word = strings.Join(i.Args[1:], " ")
	}
	block := strings.Repeat(word+"\n", max(1, bytesPerStep/(len(word)+1)))
	for i.Step(ctx) == nil {
		if _, err := fmt.Fprint(i.Stdout, block); err != nil {
			break
		}
	}
	return 1
}

func commandWhich(_ context.Context, i *Invocation) int {
	code := 0
	for _, name := range i.Args[1:] {
		if name == "-a" {
			continue
		}
		found, err := i.System.look(name, i.Dir, i.pathList())
		if err != nil {
			code = 1
			continue
		}
		fmt.Fprintln(i.Stdout, found.path)
	}
	return code
}

func (i *Invocation) pathList() string {
	if list := i.Getenv("PATH"); list != "" {
		return list
	}
	return DefaultPath
}

func commandKill(_ context.Context, i *Invocation) int {
	words := i.Args[1:]
	signal := SIGTERM
	if len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "--" {
		name := words[0][1:]
		words = words[1:]
		if name == "l" && len(words) > 0 {
			signal, err := ParseSignal(words[0])
			if err != nil {
				i.Errorf("bad signal name '%s'", words[0])
				return 1
			}
			if _, err := strconv.Atoi(words[0]); err == nil {
				fmt.Fprintln(i.Stdout, signal)
			} else {
				fmt.Fprintln(i.Stdout, int(signal))
			}
			return 0
		}
		if name == "l" {
			fmt.Fprintln(i.Stdout, strings.Join(signalNames[1:], "\n"))
			return 0
		}
		if name == "s" && len(words) > 0 {
			name, words = words[0], words[1:]
		}
		parsed, err := ParseSignal(name)
		if err != nil {
			i.Errorf("bad signal name '%s'", name)
			return 1
		}
		signal = parsed
	}
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		i.Errorf("you need to specify whom to kill")
		return 1
	}
	code := 0
	for _, word := range words {
		pid, err := strconv.Atoi(word)
		if err != nil {
			i.Errorf("invalid number '%s'", word)
			code = 1
			continue
		}
		if pid == -1 {
			for _, t := range i.System.list() {
				if t.pid != 1 && t != i.task {
					t.signal(signal)
				}
			}
			continue
		}
		if !i.System.Kill(max(pid, -pid), signal) {
			i.Errorf("can't kill pid %d: No such process", pid)
			code = 1
		}
	}
	return code
}

func commandProcesses(_ context.Context, i *Invocation) int {
	fmt.Fprintln(i.Stdout, "PID   USER     TIME  COMMAND")
	for _, t := range i.System.list() {
		t.mu.Lock()
		args := strings.Join(t.args, " ")
		t.mu.Unlock()
		fmt.Fprintf(i.Stdout, "%5d %-8s  0:00 %s\n", t.pid, t.user, args)
	}
	return 0
}

func commandPidof(_ context.Context, i *Invocation) int {
	var found []string
	for _, t := range i.System.list() {
		t.mu.Lock()
		name := ""
		if len(t.args) > 0 {
			name = path.Base(t.args[0])
		}
		t.mu.Unlock()
		for _, wanted := range i.Args[1:] {
			if name == wanted {
				found = append(found, strconv.Itoa(t.pid))
			}
		}
	}
	if len(found) == 0 {
		return 1
	}
	fmt.Fprintln(i.Stdout, strings.Join(found, " "))
	return 0
}

func commandUptime(_ context.Context, i *Invocation) int {
	fmt.Fprintf(i.Stdout, " %s up  load average: 0.00, 0.00, 0.00\n", time.Now().UTC().Format("15:04:05"))
	return 0
}

func commandBasename(_ context.Context, i *Invocation) int {
	if len(i.Args) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	base := path.Base(i.Args[1])
	if len(i.Args) > 2 && base != i.Args[2] {
		base = strings.TrimSuffix(base, i.Args[2])
	}
	fmt.Fprintln(i.Stdout, base)
	return 0
}

func commandDirname(_ context.Context, i *Invocation) int {
	if len(i.Args) < 2 {
		i.Errorf("missing operand")
		return 1
	}
	name := strings.TrimRight(i.Args[1], "/")
	at := strings.LastIndexByte(name, '/')
	switch {
	case name == "" && i.Args[1] != "":
		name = "/"
	case at < 0:
		name = "."
	case at == 0:
		name = "/"
	default:
		name = strings.TrimRight(name[:at], "/")
	}
	fmt.Fprintln(i.Stdout, name)
	return 0
}

func commandSeq(ctx context.Context, i *Invocation) int {
	words := i.Args[1:]
	separator := "\n"
	pad := false
	for len(words) > 0 && (strings.HasPrefix(words[0], "-w") || strings.HasPrefix(words[0], "-s")) {
		switch text, given := strings.CutPrefix(words[0], "-s"); {
		case !given:
			pad = true
		case text != "":
			separator = text
		case len(words) > 1:
			separator = words[1]
			words = words[1:]
		}
		words = words[1:]
	}
	numbers := make([]float64, len(words))
	decimals := 0
	for n, word := range words {
		number, err := strconv.ParseFloat(word, 64)
		if err != nil {
			i.Errorf("invalid number '%s'", word)
			return 1
		}
		numbers[n] = number
		if _, fraction, ok := strings.Cut(word, "."); ok {
			decimals = max(decimals, len(fraction))
		}
	}
	first, step, last := 1.0, 1.0, 0.0
	switch len(numbers) {
	case 1:
		last = numbers[0]
	case 2:
		first, last = numbers[0], numbers[1]
	case 3:
		first, step, last = numbers[0], numbers[1], numbers[2]
	default:
		fmt.Fprintln(i.Stderr, "Usage: seq [-w] [-s SEP] [FIRST [INC]] LAST")
		return 1
	}
	if step == 0 {
		i.Errorf("increment must not be zero")
		return 1
	}
	width := 0
	if pad {
		width = max(len(strconv.FormatFloat(first, 'f', decimals, 64)), len(strconv.FormatFloat(last, 'f', decimals, 64)))
	}
	begun := false
	for n := 0; ; n++ {
		value := first + float64(n)*step
		if step > 0 && value > last || step < 0 && value < last {
			break
		}
		text := strconv.FormatFloat(value, 'f', decimals, 64)
		if len(text) < width {
			text = strings.Repeat("0", width-len(text)) + text
		}
		if begun {
			text = separator + text
		}
		begun = true
		if _, err := fmt.Fprint(i.Stdout, text); err != nil || n%linesPerStep == linesPerStep-1 && i.Step(ctx) != nil {
			return 1
		}
	}
	if begun {
		fmt.Fprintln(i.Stdout)
	}
	return 0
}
