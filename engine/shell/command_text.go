package shell

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // md5sum is what it is
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tabernetes/engine/filesystem"
)

// maxText is how much a command that needs its whole input keeps, in bytes.
const maxText = 16 << 20

// readLines reads whole lines, without their newlines.
func (i *Invocation) readLines(ctx context.Context, reader io.Reader) ([]string, error) {
	var lines []string
	size := 0
	err := i.lines(ctx, reader, func(line string, _ bool) bool {
		lines = append(lines, line)
		size += len(line) + 16
		return size < maxText
	})
	if size >= maxText {
		return lines, filesystem.ErrNoSpace
	}
	return lines, err
}

// oldOption turns head -5 into head -n 5.
func (i *Invocation) oldOption() {
	for n, word := range i.Args[1:] {
		if n > 0 && (i.Args[n] == "-n" || i.Args[n] == "-c") {
			continue
		}
		if len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "0123456789") == "" {
			args := slices.Clone(i.Args)
			i.Args = slices.Replace(args, n+1, n+2, "-n", word[1:])
			return
		}
	}
}

func commandHead(ctx context.Context, i *Invocation) int {
	i.oldOption()
	found, names, ok := i.parse("n:c:qv", nil)
	if !ok {
		return 1
	}
	count, byBytes, ok := i.amount(found, 10)
	if !ok {
		return 1
	}
	first := true
	return i.each(ctx, names, func(name string, reader io.Reader) error {
		i.title(name, len(names) > 1 && !found.has('q') || found.has('v'), &first)
		if byBytes {
			return ignoreBrokenPipe(io.CopyN(i.Stdout, reader, max(0, count)))
		}
		if count == 0 {
			return nil
		}
		if count < 0 {
			lines, err := i.readLines(ctx, reader)
			for _, line := range lines[:max(0, len(lines)+int(count))] {
				fmt.Fprintln(i.Stdout, line)
			}
			return err
		}
		left := count
		return i.lines(ctx, byteReader{reader}, func(line string, whole bool) bool {
			if whole {
				line += "\n"
			}
			_, err := fmt.Fprint(i.Stdout, line)
			left--
			return err == nil && left > 0
		})
	})
}

// byteReader reads little at a time, so that head leaves to others what it does
// not print.
type byteReader struct{ reader io.Reader }

func (b byteReader) Read(p []byte) (int, error) { return b.reader.Read(p) }

func (i *Invocation) title(name string, show bool, first *bool) {
	if show {
		if !*first {
			fmt.Fprintln(i.Stdout)
		}
		if name == "-" {
			name = "standard input"
		}
		fmt.Fprintf(i.Stdout, "==> %s <==\n", name)
	}
	*first = false
}

// amount reads -n and -c.
func (i *Invocation) amount(found flags, usual int64) (count int64, byBytes, ok bool) {
	count = usual
	for _, letter := range []byte("nc") {
		text, given := found[letter]
		if !given {
			continue
		}
		byBytes = letter == 'c'
		sign := int64(1)
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			sign, text = -1, rest
		}
		number, valid := parseSize(strings.TrimPrefix(text, "+"))
		if !valid {
			i.Errorf("invalid number '%s'", found[letter])
			return 0, false, false
		}
		count = sign * number
	}
	return count, byBytes, true
}

func commandTail(ctx context.Context, i *Invocation) int {
	i.oldOption()
	found, names, ok := i.parse("fFn:c:qvs:", map[string]byte{"follow": 'f', "retry": 'F', "lines": 'n'})
	if !ok {
		return 1
	}
	count, byBytes, ok := i.amount(found, 10)
	if !ok {
		return 1
	}
	if count < 0 {
		count = -count
	}
	text := found['n'] + found['c']
	fromStart := strings.HasPrefix(text, "+")
	first := true
	var followed []*tailed
	code := i.each(ctx, names, func(name string, reader io.Reader) error {
		i.title(name, len(names) > 1 && !found.has('q') || found.has('v'), &first)
		data, err := io.ReadAll(io.LimitReader(reader, maxText))
		if err != nil {
			return err
		}
		size := int64(len(data))
		_, _ = i.Stdout.Write(lastPart(data, count, byBytes, fromStart))
		if name != "-" {
			followed = append(followed, &tailed{name: name, offset: size})
		}
		return nil
	})
	if !found.has('f') && !found.has('F') {
		return code
	}
	if len(followed) == 0 {
		if len(names) == 0 || !found.has('F') {
			return code
		}
		for _, name := range names {
			followed = append(followed, &tailed{name: name})
		}
	}
	return i.follow(ctx, followed, len(names) > 1)
}

// lastPart is what tail shows of a text.
func lastPart(data []byte, count int64, byBytes, fromStart bool) []byte {
	switch {
	case byBytes && fromStart:
		return data[min(int64(len(data)), max(0, count-1)):]
	case byBytes:
		return data[max(0, int64(len(data))-count):]
	case fromStart:
		for n := int64(1); n < count; n++ {
			at := bytes.IndexByte(data, '\n')
			if at < 0 {
				return nil
			}
			data = data[at+1:]
		}
		return data
	case count == 0:
		return nil
	}
	at := len(data)
	if at > 0 && data[at-1] == '\n' {
		at--
	}
	for n := int64(0); n < count; n++ {
		before := bytes.LastIndexByte(data[:at], '\n')
		if before < 0 {
			return data
		}
		at = before
	}
	return data[at+1:]
}

// tailed is a file that tail -f shows the growth of.
type tailed struct {
	name   string
	offset int64
}

// follow looks at the files once a second, as busybox does.
func (i *Invocation) follow(ctx context.Context, files []*tailed, titles bool) int {
	shown := ""
	for {
		for _, file := range files {
			info, err := i.stat(file.name)
			if err != nil {
				file.offset = 0
				continue
			}
			if info.Size() < file.offset {
				file.offset = 0 // truncated or replaced
			}
			if info.Size() == file.offset {
				continue
			}
			data, err := i.System.FileSystem.ReadFile(i.Path(file.name))
			if err != nil || int64(len(data)) <= file.offset {
				continue
			}
			if titles && shown != file.name {
				fmt.Fprintf(i.Stdout, "\n==> %s <==\n", file.name)
				shown = file.name
			}
			if _, err := i.Stdout.Write(data[file.offset:]); err != nil {
				return 1
			}
			file.offset = int64(len(data))
		}
		if i.System.sleep(ctx, followInterval) != nil {
			return ending(ctx)
		}
	}
}

func commandCount(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("clwLm", nil)
	if !ok {
		return 1
	}
	if len(found) == 0 {
		found = flags{'l': "", 'w': "", 'c': ""}
	}
	type counts struct{ lines, words, characters, bytes, longest int }
	total := counts{}
	show := func(c counts, name string) {
		var cells []string
		for _, cell := range []struct {
			letter byte
			value  int
		}{{'l', c.lines}, {'w', c.words}, {'m', c.characters}, {'c', c.bytes}, {'L', c.longest}} {
			if !found.has(cell.letter) {
				continue
			}
			if len(found) == 1 {
				cells = append(cells, strconv.Itoa(cell.value))
			} else {
				cells = append(cells, fmt.Sprintf("%9d", cell.value))
			}
		}
		if name != "-" && name != "" {
			cells = append(cells, name)
		}
		fmt.Fprintln(i.Stdout, strings.Join(cells, " "))
	}
	code := i.each(ctx, names, func(name string, reader io.Reader) error {
		c := counts{}
		err := i.lines(ctx, reader, func(line string, whole bool) bool {
			c.bytes += len(line)
			c.characters += utf8.RuneCountInString(line)
			c.words += len(strings.Fields(line))
			c.longest = max(c.longest, utf8.RuneCountInString(line))
			if whole {
				c.lines++
				c.bytes++
				c.characters++
			}
			return true
		})
		show(c, name)
		total.lines += c.lines
		total.words += c.words
		total.characters += c.characters
		total.bytes += c.bytes
		total.longest = max(total.longest, c.longest)
		return err
	})
	if len(names) > 1 {
		show(total, "total")
	}
	return code
}

func commandSort(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("nruk:t:o:fbdhVcs", map[string]byte{"reverse": 'r', "numeric-sort": 'n', "unique": 'u', "key": 'k'})
	if !ok {
		return 2
	}
	var lines []string
	code := i.each(ctx, names, func(_ string, reader io.Reader) error {
		read, err := i.readLines(ctx, reader)
		lines = append(lines, read...)
		return err
	})
	if code != 0 {
		return code
	}
	key := sortKey{numeric: found.has('n') || found.has('h'), fold: found.has('f'), reverse: found.has('r'), separator: found['t']}
	if text := found['k']; text != "" && !key.parse(text) {
		i.Errorf("bad field specification")
		return 2
	}
	slices.SortStableFunc(lines, key.compare)
	if found.has('u') {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return key.compareKeys(a, b) == 0 })
	}
	output := io.Writer(i.Stdout)
	if name := found['o']; name != "" {
		file, err := i.System.FileSystem.OpenFile(i.Path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			i.cannotOpen(name, err)
			return 1
		}
		defer func() { _ = file.Close() }()
		output = file
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(output, line); err != nil {
			return 1
		}
	}
	return 0
}

// sortKey says what of a line is compared and how.
type sortKey struct {
	first, last            int // fields, counted from 1; last 0 is the end of the line
	separator              string
	numeric, fold, reverse bool
}

func (k *sortKey) parse(text string) bool {
	begin, end, ranged := strings.Cut(text, ",")
	number := func(text string) (int, bool) {
		digits := leading(text, 9, "0123456789")
		for _, letter := range strings.TrimLeft(text[len(digits):], ".0123456789") {
			switch letter {
			case 'n', 'h':
				k.numeric = true
			case 'r':
				k.reverse = true
			case 'f':
				k.fold = true
			case 'b', 'd', 'V':
			default:
				return 0, false
			}
		}
		value, err := strconv.Atoi(digits)
		return value, err == nil && value > 0
	}
	var ok bool
	if k.first, ok = number(begin); !ok {
		return false
	}
	if ranged {
		k.last, ok = number(end)
	}
	return ok
}

func (k *sortKey) of(line string) string {
	if k.first == 0 {
		return line
	}
	var fields []string
	separator := k.separator
	if separator == "" {
		fields, separator = strings.Fields(line), " "
	} else {
		fields = strings.Split(line, separator)
	}
	if k.first > len(fields) {
		return ""
	}
	last := len(fields)
	if k.last > 0 {
		last = min(last, max(k.last, k.first))
	}
	return strings.Join(fields[k.first-1:last], separator)
}

func (k *sortKey) compareKeys(a, b string) int {
	a, b = k.of(a), k.of(b)
	if k.numeric {
		return cmp.Compare(leadingNumber(a), leadingNumber(b))
	}
	if k.fold {
		a, b = strings.ToUpper(a), strings.ToUpper(b)
	}
	return strings.Compare(a, b)
}

func (k *sortKey) compare(a, b string) int {
	result := k.compareKeys(a, b)
	if result == 0 {
		result = strings.Compare(a, b)
	}
	if k.reverse {
		return -result
	}
	return result
}

// leadingNumber is the number that a text begins with, with a suffix K, M or G, or 0.
func leadingNumber(text string) float64 {
	text = strings.TrimSpace(text)
	digits := leading(text, 30, "-+0123456789.")
	number, _ := strconv.ParseFloat(digits, 64)
	switch rest := strings.ToUpper(text[len(digits):]); {
	case strings.HasPrefix(rest, "K"):
		number *= 1 << 10
	case strings.HasPrefix(rest, "M"):
		number *= 1 << 20
	case strings.HasPrefix(rest, "G"):
		number *= 1 << 30
	}
	return number
}

func commandUniq(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("cdiuf:s:w:", nil)
	if !ok {
		return 1
	}
	previous, count := "", 0
	flush := func() {
		if count == 0 || found.has('d') && count < 2 || found.has('u') && count > 1 {
			return
		}
		if found.has('c') {
			fmt.Fprintf(i.Stdout, "%7d ", count)
		}
		fmt.Fprintln(i.Stdout, previous)
	}
	if len(names) > 1 {
		names = names[:1]
	}
	code := i.each(ctx, names, func(_ string, reader io.Reader) error {
		return i.lines(ctx, reader, func(line string, _ bool) bool {
			same := line == previous || found.has('i') && strings.EqualFold(line, previous)
			if count > 0 && same {
				count++
				return true
			}
			flush()
			previous, count = line, 1
			return true
		})
	})
	flush()
	return code
}

// parseRanges reads a list such as 1,3-5,7-.
func parseRanges(text string) ([][2]int, bool) {
	var ranges [][2]int
	for _, part := range strings.Split(text, ",") {
		begin, end, ranged := strings.Cut(part, "-")
		from, to := 1, 1<<30
		var err error
		if begin != "" {
			if from, err = strconv.Atoi(begin); err != nil || from < 1 {
				return nil, false
			}
		}
		if !ranged {
			to = from
		} else if end != "" {
			if to, err = strconv.Atoi(end); err != nil || to < from {
				return nil, false
			}
		}
		if begin == "" && end == "" {
			return nil, false
		}
		ranges = append(ranges, [2]int{from, to})
	}
	return ranges, true
}

func inRanges(ranges [][2]int, n int) bool {
	for _, r := range ranges {
		if n >= r[0] && n <= r[1] {
			return true
		}
	}
	return false
}

func commandCut(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("d:f:c:b:sn", map[string]byte{"delimiter": 'd', "fields": 'f', "only-delimited": 's', "characters": 'c'})
	if !ok {
		return 1
	}
	list := found['f'] + found['c'] + found['b']
	if list == "" {
		i.Errorf("expected a list of bytes, characters, or fields")
		return 1
	}
	ranges, ok := parseRanges(list)
	if !ok {
		i.Errorf("invalid range '%s'", list)
		return 1
	}
	delimiter := "\t"
	if found.has('d') {
		delimiter = found['d']
		if len([]rune(delimiter)) != 1 {
			i.Errorf("the delimiter must be a single character")
			return 1
		}
	}
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		return i.lines(ctx, reader, func(line string, _ bool) bool {
			var kept []string
			separator := ""
			if found.has('f') {
				if !strings.Contains(line, delimiter) {
					if !found.has('s') {
						fmt.Fprintln(i.Stdout, line)
					}
					return true
				}
				separator = delimiter
				for n, field := range strings.Split(line, delimiter) {
					if inRanges(ranges, n+1) {
						kept = append(kept, field)
					}
				}
			} else {
				for n, character := range []rune(line) {
					if inRanges(ranges, n+1) {
						kept = append(kept, string(character))
					}
				}
			}
			_, err := fmt.Fprintln(i.Stdout, strings.Join(kept, separator))
			return err == nil
		})
	})
}

// characterSet expands a-z, [:upper:] and escapes of tr.
func characterSet(text string) []rune {
	text, _ = unescape(text, false)
	for name, letters := range map[string]string{
		"[:lower:]": "abcdefghijklmnopqrstuvwxyz", "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "[:digit:]": "0123456789",
		"[:alpha:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"[:alnum:]": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"[:space:]": "\t\n\v\f\r ", "[:blank:]": "\t ", "[:punct:]": "!\"#$%&'()*+,\\-./:;<=>?@[]^_`{|}~",
	} {
		text = strings.ReplaceAll(text, name, letters)
	}
	runes := []rune(text)
	var set []rune
	for n := 0; n < len(runes); n++ {
		if runes[n] == '\\' && n+1 < len(runes) {
			n++
			set = append(set, runes[n])
			continue
		}
		if n+2 < len(runes) && runes[n+1] == '-' && runes[n] <= runes[n+2] && runes[n+2]-runes[n] < 1<<16 {
			for r := runes[n]; r <= runes[n+2]; r++ {
				set = append(set, r)
			}
			n += 2
			continue
		}
		set = append(set, runes[n])
	}
	return set
}

func commandTranslate(ctx context.Context, i *Invocation) int {
	remove, squeeze, complement := false, false, false
	words := i.Args[1:]
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' && strings.Trim(words[0][1:], "dscC") == "" {
		remove = remove || strings.Contains(words[0], "d")
		squeeze = squeeze || strings.Contains(words[0], "s")
		complement = complement || strings.ContainsAny(words[0], "cC")
		words = words[1:]
	}
	if len(words) == 0 || len(words) == 1 && !remove && !squeeze {
		fmt.Fprintln(i.Stderr, "Usage: tr [-cds] STRING1 [STRING2]")
		return 1
	}
	from := characterSet(words[0])
	var to []rune
	if len(words) > 1 {
		to = characterSet(words[1])
	}
	squeezed := from
	if len(to) > 0 {
		squeezed = to
	}
	var last rune = -1
	translate := func(text string) string {
		var out strings.Builder
		for _, r := range text {
			at := slices.Index(from, r)
			selected := (at >= 0) != complement
			if selected && remove {
				continue
			}
			if selected && len(to) > 0 && !remove {
				if complement || at >= len(to) {
					at = len(to) - 1
				}
				r = to[at]
			}
			if squeeze && r == last && (len(to) > 0 && slices.Contains(squeezed, r) || len(to) == 0 && selected) {
				continue
			}
			last = r
			out.WriteRune(r)
		}
		return out.String()
	}
	err := i.lines(ctx, i.Stdin, func(line string, whole bool) bool {
		if whole {
			line += "\n"
		}
		_, err := fmt.Fprint(i.Stdout, translate(line))
		return err == nil
	})
	if err != nil {
		return 1
	}
	return 0
}

func commandTee(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("ai", map[string]byte{"append": 'a'})
	if !ok {
		return 1
	}
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if found.has('a') {
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	outputs := []io.Writer{i.Stdout}
	code := 0
	for _, name := range names {
		opened, err := i.System.openStream(i.files, i.Path(name), flag, 0o644)
		if err != nil {
			i.Fail(name, err)
			code = 1
			continue
		}
		opened.retain()
		defer opened.release()
		outputs = append(outputs, bound{ctx, i.task, opened})
	}
	if _, err := io.Copy(io.MultiWriter(outputs...), i.Stdin); err != nil {
		return 1
	}
	return code
}

func commandTac(ctx context.Context, i *Invocation) int {
	return i.each(ctx, i.Args[1:], func(_ string, reader io.Reader) error {
		lines, err := i.readLines(ctx, reader)
		for _, line := range slices.Backward(lines) {
			fmt.Fprintln(i.Stdout, line)
		}
		return err
	})
}

func commandRev(ctx context.Context, i *Invocation) int {
	return i.each(ctx, i.Args[1:], func(_ string, reader io.Reader) error {
		return i.lines(ctx, reader, func(line string, _ bool) bool {
			runes := []rune(line)
			slices.Reverse(runes)
			_, err := fmt.Fprintln(i.Stdout, string(runes))
			return err == nil
		})
	})
}

func commandShuf(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("n:ei:", nil)
	if !ok {
		return 1
	}
	var lines []string
	switch {
	case found.has('e'):
		lines = names
	case found.has('i'):
		begin, end, _ := strings.Cut(found['i'], "-")
		from, errFrom := strconv.Atoi(begin)
		to, errTo := strconv.Atoi(end)
		if errFrom != nil || errTo != nil || to < from || to-from > maxFields {
			i.Errorf("invalid range '%s'", found['i'])
			return 1
		}
		for n := from; n <= to; n++ {
			lines = append(lines, strconv.Itoa(n))
		}
	default:
		code := i.each(ctx, names, func(_ string, reader io.Reader) error {
			read, err := i.readLines(ctx, reader)
			lines = append(lines, read...)
			return err
		})
		if code != 0 {
			return code
		}
	}
	for n := len(lines) - 1; n > 0; n-- {
		m := i.System.random(n + 1)
		lines[n], lines[m] = lines[m], lines[n]
	}
	if text := found['n']; text != "" {
		count, err := strconv.Atoi(text)
		if err != nil || count < 0 {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		lines = lines[:min(count, len(lines))]
	}
	for _, line := range lines {
		fmt.Fprintln(i.Stdout, line)
	}
	return 0
}

func commandSum(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("cs", map[string]byte{"check": 'c'})
	if !ok {
		return 1
	}
	sum := map[string]func() hash.Hash{"md5sum": md5.New, "sha1sum": sha1.New, "sha256sum": sha256.New, "sha512sum": sha512.New}[i.Name()]
	of := func(reader io.Reader) (string, error) {
		digest := sum()
		_, err := io.Copy(digest, reader)
		return hex.EncodeToString(digest.Sum(nil)), err
	}
	if !found.has('c') {
		return i.each(ctx, names, func(name string, reader io.Reader) error {
			digest, err := of(reader)
			if err == nil {
				fmt.Fprintf(i.Stdout, "%s  %s\n", digest, name)
			}
			return err
		})
	}
	wrong := 0
	code := i.each(ctx, names, func(_ string, reader io.Reader) error {
		lines, err := i.readLines(ctx, reader)
		for _, line := range lines {
			want, name, _ := strings.Cut(line, "  ")
			file, openErr := i.open(ctx, name)
			if openErr != nil {
				i.Fail(name, openErr)
				wrong++
				continue
			}
			got, _ := of(file)
			_ = file.Close()
			if got == want {
				fmt.Fprintf(i.Stdout, "%s: OK\n", name)
			} else {
				fmt.Fprintf(i.Stdout, "%s: FAILED\n", name)
				wrong++
			}
		}
		return err
	})
	if wrong > 0 {
		i.Errorf("WARNING: %d computed checksums did NOT match", wrong)
		return 1
	}
	return code
}

func commandBase64(ctx context.Context, i *Invocation) int {
	found, names, ok := i.parse("diw:", map[string]byte{"decode": 'd', "wrap": 'w', "ignore-garbage": 'i'})
	if !ok {
		return 1
	}
	width := 76
	if text := found['w']; text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			i.Errorf("invalid number '%s'", text)
			return 1
		}
		width = number
	}
	return i.each(ctx, names, func(_ string, reader io.Reader) error {
		data, err := io.ReadAll(io.LimitReader(reader, maxText))
		if err != nil {
			return err
		}
		if found.has('d') {
			text := strings.Join(strings.Fields(string(data)), "")
			decoded, err := base64.StdEncoding.DecodeString(text)
			_, _ = i.Stdout.Write(decoded)
			if err != nil {
				return errTruncated
			}
			return nil
		}
		text := base64.StdEncoding.EncodeToString(data)
		for width > 0 && len(text) > width {
			fmt.Fprintln(i.Stdout, text[:width])
			text = text[width:]
		}
		if text != "" && width > 0 {
			text += "\n"
		}
		fmt.Fprint(i.Stdout, text)
		return nil
	})
}
