package network

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// curling are the options of a curl.
type curling struct {
	silent, showError, include, head, verbose, fail, follow, insecure bool
	output, write, method, data, authority                            string
	remoteName, given, get                                            bool
	limit, connectLimit                                               time.Duration
	headers                                                           [][2]string
	resolve                                                           map[string]string
	retries                                                           int
}

var curlLong = map[string]string{
	"--silent": "-s", "--show-error": "-S", "--include": "-i", "--head": "-I", "--verbose": "-v", "--fail": "-f", "--location": "-L",
	"--insecure": "-k", "--output": "-o", "--write-out": "-w", "--request": "-X", "--data": "-d", "--data-raw": "-d",
	"--data-binary": "-d", "--max-time": "-m", "--header": "-H", "--remote-name": "-O", "--get": "-G", "--user-agent": "-A", "--user": "-u",
	"--fail-with-body": "-f", "--no-buffer": "-N", "--ipv4": "-4",
}

// parse reads the words of the call; a text is what was wrong, with its exit code.
func (c *curling) parse(words []string) (addresses []string, wrong string, code int) {
	for n := 0; n < len(words); n++ {
		word := words[n]
		if len(word) < 2 || word[0] != '-' {
			addresses = append(addresses, word)
			continue
		}
		value := func(option, rest string) (string, bool) {
			if rest != "" {
				return rest, true
			}
			if n+1 >= len(words) {
				wrong, code = "option "+option+": requires parameter", 2
				return "", false
			}
			n++
			return words[n], true
		}
		if strings.HasPrefix(word, "--") {
			switch word {
			case "--connect-timeout":
				text, ok := value(word, "")
				if !ok || !c.seconds(text, &c.connectLimit) {
					return nil, "option --connect-timeout: expected a proper numerical parameter", 2
				}
				continue
			case "--cacert":
				text, ok := value(word, "")
				if !ok {
					return nil, wrong, code
				}
				c.authority = text
				continue
			case "--retry", "--retry-delay", "--resolve", "--interface", "--max-redirs", "--retry-max-time":
				text, ok := value(word, "")
				if !ok {
					return nil, wrong, code
				}
				if parts := strings.SplitN(text, ":", 3); word == "--resolve" && len(parts) == 3 {
					c.resolve[parts[0]+":"+parts[1]] = parts[2]
				}
				if word == "--retry" {
					c.retries, _ = strconv.Atoi(text)
				}
				continue
			case "--retry-connrefused", "--compressed", "--no-progress-meter", "--http1.1", "--globoff", "--disable":
				c.silent = c.silent || word == "--no-progress-meter"
				continue
			}
			short, ok := curlLong[word]
			if !ok {
				return nil, "option " + word + ": is unknown", 2
			}
			word = short
		}
		for at := 1; at < len(word); at++ {
			letter := word[at]
			if strings.IndexByte("owXdmHAueT", letter) >= 0 {
				text, ok := value("-"+string(letter), word[at+1:])
				if !ok {
					return nil, wrong, code
				}
				if !c.option(letter, text) {
					return nil, "option -" + string(letter) + ": expected a proper numerical parameter", 2
				}
				break
			}
			if !c.flag(letter) {
				return nil, "option -" + string(letter) + ": is unknown", 2
			}
		}
	}
	return addresses, "", 0
}

func (c *curling) seconds(text string, target *time.Duration) bool {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < 0 || number > 1e9 {
		return false
	}
	*target = time.Duration(number * float64(time.Second))
	return true
}

func (c *curling) flag(letter byte) bool {
	switch letter {
	case 's':
		c.silent = true
	case 'S':
		c.showError = true
	case 'i':
		c.include = true
	case 'I':
		c.head = true
	case 'v':
		c.verbose = true
	case 'f':
		c.fail = true
	case 'L':
		c.follow = true
	case 'k':
		c.insecure = true
	case 'O':
		c.remoteName = true
	case 'G':
		c.get = true
	case 'N', '4', 'g', 'q':
	default:
		return false
	}
	return true
}

func (c *curling) option(letter byte, text string) bool {
	switch letter {
	case 'o':
		c.output = text
	case 'w':
		c.write = text
	case 'X':
		c.method = text
	case 'd':
		if c.given {
			c.data += "&"
		}
		c.data += text
		c.given = true
	case 'm':
		return c.seconds(text, &c.limit)
	case 'H':
		name, value, _ := strings.Cut(text, ":")
		c.headers = append(c.headers, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
	case 'A':
		c.headers = append(c.headers, [2]string{"User-Agent", text})
	}
	return true
}

func (c *curling) methodOf() string {
	switch {
	case c.method != "":
		return c.method
	case c.head:
		return http.MethodHead
	case c.given && !c.get:
		return http.MethodPost
	}
	return http.MethodGet
}
