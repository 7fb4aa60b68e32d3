package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// queries is a network whose name server answers any question.
type queries interface {
	// Query answers for a full name with lines of a master file (RFC 1035, section
	// 5.1). The error is a *net.DNSError when there is no such name.
	Query(ctx context.Context, name, kind string) ([]string, error)
}

// digOptions are what dig is told: a question, and which parts of the answer to print.
type digOptions struct {
	name, kind                           string
	search, short                        bool
	command, comments, question, answers bool
	statistics                           bool
}

// Dig asks the name server a question (dig of BIND 9).
func Dig(ctx context.Context, i *process.Invocation) int {
	options, err := parseDig(i.Args[1:])
	if err != nil {
		i.Errorf("%v", err)
		return 1
	}
	server, names := nameServer(i), []string{strings.TrimSuffix(options.name, ".")}
	if options.search && !strings.HasSuffix(options.name, ".") {
		names = searched(i, options.name)
	}
	network, ok := i.System.Network.(queries)
	if !ok {
		fmt.Fprintf(i.Stdout, ";; communications error to %s#53: timed out\n;; no servers could be reached\n", server)
		return 9
	}
	var answers []string
	asked, status := names[0], "NXDOMAIN"
	for _, asked = range names {
		found, err := network.Query(ctx, asked, options.kind)
		var missing *net.DNSError
		if errors.As(err, &missing) {
			continue
		}
		status = "NOERROR"
		if answers = found; len(answers) > 0 {
			break
		}
	}
	options.print(i, server, asked, status, answers)
	return 0
}

// dnsTypes are the types of records that dig can be asked for here.
var dnsTypes = []string{"A", "AAAA", "CNAME", "SRV", "PTR", "TXT", "MX", "NS", "SOA", "ANY"}

func parseDig(args []string) (digOptions, error) {
	options := digOptions{kind: "A", command: true, comments: true, question: true, answers: true, statistics: true}
	switches := map[string]*bool{
		"search": &options.search, "short": &options.short, "cmd": &options.command, "comments": &options.comments,
		"question": &options.question, "answer": &options.answers, "stats": &options.statistics,
	}
	for n := 0; n < len(args); n++ {
		word := args[n]
		switch {
		case strings.HasPrefix(word, "+"):
			name, on := word[1:], true
			if rest, negated := strings.CutPrefix(name, "no"); negated {
				name, on = rest, false
			}
			if name == "all" {
				for _, one := range []string{"cmd", "comments", "question", "answer", "stats"} {
					*switches[one] = on
				}
			} else if flag := switches[name]; flag != nil {
				*flag = on
			} // The others are about the way of the question, which is the same here.
		case strings.HasPrefix(word, "@"):
		case word == "-4" || word == "-6" || word == "-u":
		case word == "-x" && n+1 < len(args):
			n++
			address, err := netip.ParseAddr(args[n])
			if err != nil || !address.Is4() {
				return options, fmt.Errorf("Invalid IP address %s", args[n]) //nolint:staticcheck // the text is dig's
			}
			parts := strings.Split(args[n], ".")
			slices.Reverse(parts)
			options.name, options.kind = strings.Join(parts, ".")+".in-addr.arpa", "PTR"
		case (word == "-t" || word == "-q") && n+1 < len(args):
			n++
			if word == "-t" {
				options.kind = strings.ToUpper(args[n])
			} else {
				options.name = args[n]
			}
		case slices.Contains(dnsTypes, strings.ToUpper(word)):
			options.kind = strings.ToUpper(word)
		case strings.ToUpper(word) == "IN":
		case strings.HasPrefix(word, "-"):
			return options, fmt.Errorf("Invalid option: %s", word) //nolint:staticcheck // the text is dig's
		default:
			options.name = word
		}
	}
	if options.name == "" {
		options.name, options.kind = ".", "NS"
	}
	return options, nil
}

// searched are the full names that /etc/resolv.conf makes of a name.
func searched(i *process.Invocation, name string) []string {
	var domains []string
	dots := 1
	text, _ := i.System.FileSystem.ReadFile("/etc/resolv.conf")
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) > 1 && words[0] == "search":
			domains = words[1:]
		case len(words) > 1 && words[0] == "options":
			for _, option := range words[1:] {
				if number, ok := strings.CutPrefix(option, "ndots:"); ok {
					dots, _ = strconv.Atoi(number)
				}
			}
		}
	}
	var names []string
	for _, domain := range domains {
		names = append(names, name+"."+domain)
	}
	if strings.Count(name, ".") >= dots {
		return append([]string{name}, names...)
	}
	return append(names, name)
}

func (o *digOptions) print(i *process.Invocation, server, asked, status string, answers []string) {
	if o.short {
		for _, answer := range answers {
			fmt.Fprintln(i.Stdout, answer[strings.LastIndex(answer, "\t")+1:])
		}
		return
	}
	if o.command {
		fmt.Fprintf(i.Stdout, "\n; <<>> DiG 9.18 <<>> %s\n;; global options: +cmd\n", strings.Join(i.Args[1:], " "))
	}
	if o.comments {
		fmt.Fprintf(i.Stdout, ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: %s, id: %d\n;; flags: qr aa rd; QUERY: 1, ANSWER: %d, AUTHORITY: 0, ADDITIONAL: 0\n\n",
			status, i.System.Draw(1<<16), len(answers))
	}
	if o.question {
		if o.comments {
			fmt.Fprintln(i.Stdout, ";; QUESTION SECTION:")
		}
		fmt.Fprintf(i.Stdout, ";%s.\t\tIN\t%s\n\n", asked, o.kind)
	}
	if o.answers && len(answers) > 0 {
		if o.comments {
			fmt.Fprintln(i.Stdout, ";; ANSWER SECTION:")
		}
		fmt.Fprintln(i.Stdout, strings.Join(answers, "\n"))
		if o.comments {
			fmt.Fprintln(i.Stdout)
		}
	}
	if o.statistics {
		fmt.Fprintf(i.Stdout, ";; Query time: 0 msec\n;; SERVER: %s#53(%s) (UDP)\n;; WHEN: %s\n\n", server, server, i.System.Now().UTC().Format("Mon Jan 02 15:04:05 MST 2006"))
	}
}
