package servers

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"tabernetes/engine/userland/process"
)

// pythonVersion is what --version prints.
const pythonVersion = "Python 3.14.0"

// Python is python as far as it is a server: `python -m http.server`. It runs no
// programs, and says so.
func Python(ctx context.Context, i *process.Invocation) int {
	words := i.Args[1:]
	for len(words) > 0 && words[0] == "-u" {
		words = words[1:]
	}
	switch {
	case len(words) == 1 && (words[0] == "--version" || words[0] == "-V"):
		fmt.Fprintln(i.Stdout, pythonVersion)
		return 0
	case len(words) > 1 && words[0] == "-m" && words[1] == "http.server":
		return fileServer(ctx, i, words[2:])
	}
	i.Errorf("this simulation has no Python, but for python -m http.server")
	return 1
}

// fileServer serves a directory: [-b ADDRESS] [-d DIRECTORY] [PORT].
func fileServer(ctx context.Context, i *process.Invocation, words []string) int {
	port, root, address := 8000, i.Dir, "0.0.0.0"
	for n := 0; n < len(words); n++ {
		switch word := words[n]; {
		case (word == "-d" || word == "--directory") && n+1 < len(words):
			n++
			root = i.Path(words[n])
		case (word == "-b" || word == "--bind") && n+1 < len(words):
			n++
			address = words[n]
		default:
			parsed, err := strconv.ParseUint(word, 10, 16)
			if err != nil {
				fmt.Fprintf(i.Stderr, "usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [port]\nserver.py: error: argument port: invalid int value: '%s'\n", word)
				return 2
			}
			port = int(parsed)
		}
	}
	fmt.Fprintf(i.Stdout, "Serving HTTP on %s port %d (http://%s:%d/) ...\n", address, port, address, port)
	code, err := listen(ctx, i, port, 0, func(request *http.Request) process.Reply {
		reply := directoryReply(i, root, request.URL.Path)
		client, _, _ := strings.Cut(request.RemoteAddr, ":")
		fmt.Fprintf(i.Stderr, "%s - - [%s] \"%s %s HTTP/1.1\" %d -\n", client, i.System.Now().UTC().Format("02/Jan/2006 15:04:05"),
			request.Method, request.URL.RequestURI(), reply.Status)
		return reply
	})
	if err != nil {
		fmt.Fprintf(i.Stderr, "OSError: [Errno 98] %v\n", err)
		return 1
	}
	return code
}

// directoryReply answers with a file below root, or with a directory's index.html
// or its list.
func directoryReply(i *process.Invocation, root, name string) process.Reply {
	header := http.Header{"Server": {"SimpleHTTP/0.6 " + strings.ReplaceAll(pythonVersion, " ", "/")}}
	files, at := i.System.FileSystem, path.Join(root, path.Clean("/"+name))
	info, err := files.Stat(at)
	if err == nil && info.IsDir() {
		if index := path.Join(at, "index.html"); !missing(i, index) {
			at = index
		} else {
			header.Set("Content-Type", "text/html; charset=utf-8")
			return process.Reply{Status: http.StatusOK, Header: header, Body: directoryList(i, at, name)}
		}
	}
	data, err := files.ReadFile(at)
	if err != nil {
		header.Set("Content-Type", "text/html;charset=utf-8")
		return process.Reply{Status: http.StatusNotFound, Header: header, Body: "<!DOCTYPE HTML>\n<html lang=\"en\">\n    <head>\n        <title>Error response</title>\n    </head>\n" +
			"    <body>\n        <h1>Error response</h1>\n        <p>Error code: 404</p>\n        <p>Message: File not found.</p>\n    </body>\n</html>\n"}
	}
	return process.Reply{Status: http.StatusOK, Header: header, Body: string(data)}
}

func missing(i *process.Invocation, name string) bool {
	_, err := i.System.FileSystem.Stat(name)
	return err != nil
}

func directoryList(i *process.Invocation, at, name string) string {
	title := html.EscapeString("Directory listing for " + name)
	var list strings.Builder
	fmt.Fprintf(&list, "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<h1>%s</h1>\n<hr>\n<ul>\n", title, title)
	entries, _ := i.System.FileSystem.ReadDir(at) // one that cannot be read shows as empty
	for _, entry := range entries {
		shown := entry.Name()
		if entry.IsDir() {
			shown += "/"
		}
		fmt.Fprintf(&list, "<li><a href=\"%s\">%s</a></li>\n", (&url.URL{Path: shown}).EscapedPath(), html.EscapeString(shown))
	}
	list.WriteString("</ul>\n<hr>\n</body>\n</html>\n")
	return list.String()
}
