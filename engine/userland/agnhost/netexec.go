package agnhost

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"tabernetes/engine/userland/process"
)

// signalled is the exit status of a Go program that is process 1 and handles no
// SIGTERM: the runtime raises the signal, which does nothing, and exits.
const signalled = 2

// netExec serves HTTP with endpoints that tell of the server, of the request and of
// the network around it.
func netExec(ctx context.Context, c *call) int {
	port := c.number("http-port", 8080)
	server := &netExecServer{call: c, port: port, override: c.flags["http-override"]}
	delay := time.Duration(c.number("delay-shutdown", 0)) * time.Second
	c.Notify(process.SIGTERM, func() {
		server.terminating.Store(true)
		if delay == 0 {
			c.stop(exited(0))
			return
		}
		c.logf("Sleeping %d seconds before terminating...", int(delay.Seconds()))
		go func() {
			if c.System.Sleep(ctx, delay) == nil {
				c.stop(exited(0))
			}
		}()
	})
	if udp := c.number("udp-port", 8081); udp != -1 {
		c.logf("Started UDP server on port %s %d", c.flags["udp-listen-addresses"], udp)
		if c.System.Listener != nil {
			if err := c.System.Listener.ListenDatagrams(ctx, udp, server.datagram); err != nil {
				return c.fatal("listen udp :%d: bind: %v", udp, err)
			}
		}
	}
	var configuration *tls.Config
	if file := c.flags["tls-cert-file"]; file != "" {
		var err error
		if configuration, err = c.secured(file, c.flags["tls-private-key-file"]); err != nil {
			return c.fatal("%v", err)
		}
		c.logf("Started HTTPS server on port %d", port)
	} else {
		c.logf("Started HTTP server on port %d", port)
	}
	if err := c.serveTLS(ctx, port, configuration, server.answer); err != nil {
		return c.fatal("%v", err)
	}
	return c.wait(ctx)
}

type netExecServer struct {
	*call
	port        int
	override    string // what every request is answered as
	terminating atomic.Bool
}

// endpoint answers a request with its form's values.
type endpoint func(s *netExecServer, request *http.Request, value func(string) string) process.Reply

var endpoints = map[string]endpoint{
	"/clientip": func(s *netExecServer, r *http.Request, _ func(string) string) process.Reply {
		s.logf("GET /clientip")
		return process.Reply{Body: r.RemoteAddr}
	},
	"/dial": (*netExecServer).dial,
	"/echo": (*netExecServer).echo,
	"/envvar": func(s *netExecServer, _ *http.Request, value func(string) string) process.Reply {
		name := value("var")
		if name == "" {
			return httpError(http.StatusBadRequest, "'var' query parameter is required")
		}
		s.logf("GET /envvar?var=%s", name)
		text, set := s.environment(name)
		if !set {
			return httpError(http.StatusInternalServerError, fmt.Sprintf("env var %q is not set", name))
		}
		return process.Reply{Body: text}
	},
	"/exit":   (*netExecServer).exit,
	"/header": (*netExecServer).header,
	"/healthz": func(s *netExecServer, _ *http.Request, _ func(string) string) process.Reply {
		s.logf("GET /healthz")
		return process.Reply{}
	},
	"/hostName": (*netExecServer).hostname,
	"/hostname": (*netExecServer).hostname,
	"/readyz": func(s *netExecServer, _ *http.Request, _ func(string) string) process.Reply {
		s.logf("GET /readyz")
		if s.terminating.Load() {
			return process.Reply{Status: http.StatusServiceUnavailable, Body: "shutting down"}
		}
		return process.Reply{Body: "ok"}
	},
	"/redirect": func(s *netExecServer, r *http.Request, value func(string) string) process.Reply {
		s.logf("%s /redirect?msg=%s&code=%s", r.Method, value("location"), value("code"))
		return redirect(r, value("location"), value("code"))
	},
	"/serverport": func(s *netExecServer, _ *http.Request, _ func(string) string) process.Reply {
		s.logf("GET /serverport")
		return process.Reply{Body: strconv.Itoa(s.port)}
	},
	"/shell": (*netExecServer).shell,
	"/shutdown": func(s *netExecServer, _ *http.Request, _ func(string) string) process.Reply {
		s.logf("GET /shutdown")
		s.stop(exited(0))
		return process.Reply{Later: func(ctx context.Context) process.Reply { <-ctx.Done(); return process.Reply{} }}
	},
	"/upload": (*netExecServer).upload,
}

func (s *netExecServer) answer(request *http.Request) process.Reply {
	if s.override != "" {
		overridden, err := http.NewRequestWithContext(request.Context(), http.MethodGet, s.override, nil)
		if err != nil {
			return httpError(http.StatusInternalServerError, fmt.Sprintf("override request failed: %v", err))
		}
		overridden.RemoteAddr = request.RemoteAddr
		request = overridden
	}
	answer := endpoints[request.URL.Path]
	if answer == nil {
		s.logf("GET /")
		return process.Reply{Body: "NOW: " + s.System.Now().UTC().String()}
	}
	query := request.URL.Query()
	return answer(s, request, query.Get)
}

// httpError is http.Error.
func httpError(status int, text string) process.Reply {
	return process.Reply{Status: status, Body: text + "\n", Header: http.Header{
		"Content-Type": {"text/plain; charset=utf-8"}, "X-Content-Type-Options": {"nosniff"},
	}}
}

// redirect leads to a location, with a code or 302.
func redirect(request *http.Request, location, code string) process.Reply {
	status := http.StatusFound
	if code != "" {
		parsed, err := strconv.Atoi(code)
		if err != nil {
			return process.Reply{Body: fmt.Sprintf("argument 'code' must be an integer or empty, got %q\n", code)}
		}
		status = parsed
	}
	reply := process.Reply{Status: status, Header: http.Header{"Location": {location}}}
	if request.Method == http.MethodGet {
		reply.Header.Set("Content-Type", "text/html; charset=utf-8")
		reply.Body = fmt.Sprintf("<a href=%q>%s</a>.\n\n", location, http.StatusText(status))
	}
	return reply
}

func (s *netExecServer) hostname(_ *http.Request, _ func(string) string) process.Reply {
	s.logf("GET /hostname")
	return process.Reply{Body: s.System.Hostname}
}

func (s *netExecServer) echo(_ *http.Request, value func(string) string) process.Reply {
	reply := process.Reply{Body: value("msg")}
	s.logf("GET /echo?msg=%s&code=%s", value("msg"), value("code"))
	if text := value("code"); text != "" {
		code, err := strconv.Atoi(text)
		if err != nil {
			return process.Reply{Body: fmt.Sprintf("argument 'code' must be an integer or empty, got %q\n", text)}
		}
		reply.Status = code
	}
	return reply
}

func (s *netExecServer) header(request *http.Request, value func(string) string) process.Reply {
	if key := value("key"); key != "" {
		s.logf("GET /header?key=%s", key)
		return process.Reply{Body: request.Header.Get(key)}
	}
	s.logf("GET /header")
	data, err := json.Marshal(request.Header)
	if err != nil {
		return process.Reply{Body: fmt.Sprintf("error marshalling header, err: %v", err)}
	}
	return process.Reply{Body: string(data)}
}

func (s *netExecServer) exit(_ *http.Request, value func(string) string) process.Reply {
	s.logf("GET /exit?code=%s&timeout=%s&wait=%s", value("code"), value("timeout"), value("wait"))
	durations := map[string]time.Duration{}
	for _, name := range []string{"timeout", "wait"} {
		parsed, err := time.ParseDuration(value(name))
		if err != nil && value(name) != "" {
			return process.Reply{Body: fmt.Sprintf("argument '%s' must be a valid golang duration or empty, got %q\n", name, value(name))}
		}
		durations[name] = parsed
	}
	code, err := strconv.Atoi(value("code"))
	if err != nil && value("code") != "" {
		return process.Reply{Body: fmt.Sprintf("argument 'code' must be an integer [0-127] or empty, got %q\n", value("code"))}
	}
	s.logf("Will begin shutdown in %s, allowing %s for connections to close, then will exit with %d", durations["wait"], durations["timeout"], code)
	return process.Reply{Later: func(ctx context.Context) process.Reply {
		if s.System.Sleep(ctx, durations["wait"]) == nil {
			if durations["timeout"] > 0 {
				s.logf("Graceful shutdown completed with: <nil>")
			}
			s.stop(exited(code))
		}
		<-ctx.Done()
		return process.Reply{}
	}}
}

// dial makes requests of its own, and tells their answers and errors as JSON.
func (s *netExecServer) dial(_ *http.Request, value func(string) string) process.Reply {
	host, port, request, protocol, text := value("host"), value("port"), value("request"), value("protocol"), value("tries")
	s.logf("GET /dial?host=%s&protocol=%s&port=%s&request=%s&tries=%s", host, protocol, port, request, text)
	tries := 1
	if text != "" {
		parsed, err := strconv.Atoi(text)
		if err != nil {
			return httpError(http.StatusBadRequest, fmt.Sprintf("tries parameter is invalid. %v", err))
		}
		tries = parsed
	}
	if request == "" {
		return httpError(http.StatusBadRequest, "request parameter not specified. <nil>")
	}
	if protocol = strings.ToLower(protocol); protocol != "" && protocol != "http" && protocol != "udp" {
		return httpError(http.StatusBadRequest, "unsupported protocol. "+protocol)
	}
	return process.Reply{Later: func(ctx context.Context) process.Reply {
		outcome := map[string][]string{}
		for range tries {
			answer, err := s.request(ctx, protocol, net.JoinHostPort(host, port), request)
			if err != nil {
				outcome["errors"] = append(outcome["errors"], err.Error())
				continue
			}
			outcome["responses"] = append(outcome["responses"], answer)
		}
		return jsonReply(http.StatusOK, outcome)
	}}
}

// datagram answers what comes over UDP.
func (s *netExecServer) datagram(from, data string) (answer string, ok bool) {
	text := strings.ToLower(strings.TrimSpace(data))
	command, argument, _ := strings.Cut(text, " ")
	switch {
	case text == "hostname":
		s.logf("Sending udp hostName response")
		return s.System.Hostname, true
	case command == "echo" && command != text:
		s.logf("Echoing %v to UDP client %s\n", argument, from)
		return argument, true
	case text == "clientip":
		s.logf("Sending clientip back to UDP client %s\n", from)
		return from, true
	case command == "envvar" && command != text:
		// Names of variables keep their case.
		value, _ := s.environment(strings.TrimSpace(strings.TrimSpace(data)[len("envvar"):]))
		return value, true
	case text != "":
		s.logf("Unknown udp command received from %s: %v\n", from, text)
	}
	return "", false
}

// datagrams is a network that carries UDP.
type datagrams interface {
	// Datagram sends data to an address and waits for an answer.
	Datagram(ctx context.Context, address, data string) (string, error)
}

// request asks another server, over HTTP or UDP.
func (s *netExecServer) request(ctx context.Context, protocol, address, request string) (string, error) {
	if protocol != "udp" {
		return s.get(ctx, fmt.Sprintf("http://%s/%s", address, request))
	}
	network, ok := s.System.Network.(datagrams)
	if !ok {
		return "", fmt.Errorf("dial udp %s: network is unreachable", address)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return network.Datagram(ctx, address, request)
}

func jsonReply(status int, value any) process.Reply {
	data, err := json.Marshal(value)
	if err != nil {
		return httpError(http.StatusExpectationFailed, fmt.Sprintf("response could not be serialized. %v", err))
	}
	return process.Reply{Status: status, Body: string(data)}
}

func (s *netExecServer) shell(_ *http.Request, value func(string) string) process.Reply {
	command := value("shellCommand")
	if command == "" {
		command = value("cmd")
	}
	s.logf("GET /shell?cmd=%s", command)
	return process.Reply{Later: func(ctx context.Context) process.Reply {
		var output strings.Builder
		outcome := map[string]string{}
		code := s.Capture(ctx, []string{"/bin/sh", "-c", command}, &output)
		if output.Len() > 0 {
			outcome["output"] = output.String()
		}
		if code != 0 {
			outcome["error"] = fmt.Sprintf("exit status %d", code)
		}
		s.logf("Output: %s", outcome)
		return jsonReply(http.StatusOK, outcome)
	}}
}

// maxUpload bounds the memory of a form that is read.
const maxUpload = 8 << 20

// upload writes the file of a form into /uploads.
func (s *netExecServer) upload(request *http.Request, _ func(string) string) process.Reply {
	s.logf("GET /upload")
	return process.Reply{Later: func(context.Context) process.Reply {
		content, err := uploaded(request)
		if err != nil {
			s.logf("Unable to upload file: %s", err)
			return jsonReply(http.StatusOK, map[string]string{"error": "Unable to upload file."})
		}
		name := "/uploads/upload" + strconv.Itoa(s.System.Draw(1_000_000_000))
		if err := s.System.FileSystem.MkdirAll("/uploads", 0o755); err != nil {
			s.logf("Unable to open file for write: %s", err)
			return jsonReply(http.StatusOK, map[string]string{"error": "Unable to open file for write"})
		}
		if err := s.System.FileSystem.WriteFile(name, content, 0o700); err != nil {
			s.logf("Unable to write file: %s", err)
			return jsonReply(http.StatusOK, map[string]string{"error": "Unable to write file."})
		}
		s.logf("Wrote upload to %s", name)
		return jsonReply(http.StatusCreated, map[string]string{"output": name})
	}}
}

// uploaded is the content of the file of a form.
func uploaded(request *http.Request) ([]byte, error) {
	kind, parameters, err := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || request.Body == nil {
		return nil, http.ErrNotMultipart
	}
	form, err := multipart.NewReader(request.Body, parameters["boundary"]).ReadForm(maxUpload)
	if err != nil {
		return nil, err
	}
	files := form.File["file"]
	if len(files) == 0 {
		return nil, http.ErrMissingFile
	}
	file, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it is in memory
	content := make([]byte, files[0].Size)
	_, err = file.Read(content)
	return content, err
}
