package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// maxRedirects is how many redirections curl -L follows.
const maxRedirects = 50

// transfer carries out one address.
func transfer(ctx context.Context, i *process.Invocation, c *curling, name string) error {
	address, err := parseURL(name)
	if err != nil {
		return curlError{3, "URL using bad/illegal format or missing URL"}
	}
	if address.Scheme != "http" && address.Scheme != "https" {
		return curlError{1, fmt.Sprintf("Protocol %q not supported", address.Scheme)}
	}
	trust := process.Trust{Insecure: c.insecure}
	if c.authority != "" {
		file, err := i.Open(ctx, c.authority)
		if err != nil {
			return curlError{77, "error adding trust anchors from file: " + c.authority}
		}
		text, _ := io.ReadAll(io.LimitReader(file, process.MaxText))
		_ = file.Close()
		if trust.Authorities = string(text); !strings.Contains(trust.Authorities, "-----BEGIN CERTIFICATE-----") {
			return curlError{77, "error adding trust anchors from file: " + c.authority}
		}
	}
	ctx = process.WithTrust(ctx, trust)
	if c.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.limit)
		defer cancel()
	}
	m := &measured{began: time.Now(), effective: address.String(), scheme: strings.ToUpper(address.Scheme)}
	err = exchange(ctx, i, c, address, m)
	m.total = time.Since(m.began)
	var known curlError
	if errors.As(err, &known) {
		m.failed = known.code
	}
	if c.write != "" {
		fmt.Fprint(i.Stdout, m.format(c.write))
	}
	return err
}

// exchange sends the request, follows redirections and writes the answer.
func exchange(ctx context.Context, i *process.Invocation, c *curling, address *url.URL, m *measured) error {
	data := c.data
	if file, ok := strings.CutPrefix(data, "@"); ok {
		reader, err := i.Open(ctx, file)
		if err != nil {
			return curlError{26, "Failed to open " + file}
		}
		text, _ := io.ReadAll(io.LimitReader(reader, process.MaxText))
		_ = reader.Close()
		data = string(text)
	}
	if c.get && c.given {
		address.RawQuery = strings.TrimPrefix(address.RawQuery+"&"+data, "&")
	}
	method := c.methodOf()
	for {
		request, err := curlRequest(ctx, i, c, method, address, data)
		if err != nil {
			return curlError{3, "URL using bad/illegal format or missing URL"}
		}
		response, err := curlSend(i, request, c, address, m)
		if err != nil {
			return err
		}
		location := response.Header.Get("Location")
		if c.follow && location != "" && response.StatusCode/100 == 3 && m.redirects < maxRedirects {
			_ = response.Body.Close()
			next, err := address.Parse(location)
			if err != nil {
				return curlError{3, "URL using bad/illegal format or missing URL"}
			}
			address = next
			m.redirects++
			m.effective = address.String()
			continue
		}
		defer func() { _ = response.Body.Close() }()
		if next, err := address.Parse(location); err == nil && location != "" && response.StatusCode/100 == 3 {
			m.redirect = next.String()
		}
		return curlReceive(ctx, i, c, address, response, m)
	}
}

func curlRequest(ctx context.Context, i *process.Invocation, c *curling, method string, address *url.URL, data string) (*http.Request, error) {
	var body io.Reader
	if c.given && !c.get {
		body = strings.NewReader(data)
	}
	target := *address
	host, port := hostPort(address)
	if replaced, ok := c.resolve[host+":"+port]; ok {
		target.Host = net.JoinHostPort(replaced, port)
	}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, err
	}
	request.Host = address.Host
	request.Header.Set("User-Agent", "curl/"+curlVersion)
	request.Header.Set("Accept", "*/*")
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, header := range c.headers {
		switch {
		case strings.EqualFold(header[0], "Host"):
			request.Host = header[1]
		case header[1] == "":
			request.Header.Del(header[0])
		default:
			request.Header.Set(header[0], header[1])
		}
	}
	return request, nil
}

// curlSend sends a request and says on the way what -v shows.
func curlSend(i *process.Invocation, request *http.Request, c *curling, address *url.URL, m *measured) (*http.Response, error) {
	host, port := hostPort(address)
	say := func(format string, values ...any) {
		if c.verbose {
			fmt.Fprintf(i.Stderr, format+"\n", values...)
		}
	}
	remote := host
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		m.connected = time.Since(m.began)
		if info.Conn != nil {
			if found, _, err := net.SplitHostPort(info.Conn.RemoteAddr().String()); err == nil {
				remote = found
			}
		}
	}}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	if i.System.Network != nil && net.ParseIP(host) == nil {
		if addresses, err := i.System.Network.Lookup(request.Context(), host); err == nil && len(addresses) > 0 {
			remote = addresses[0]
			say("* Host %s:%s was resolved.\n* IPv6: (none)\n* IPv4: %s", host, port, strings.Join(addresses, ", "))
		}
	}
	m.remote, m.port, m.method = remote, port, request.Method
	say("*   Trying %s:%s...", remote, port)
	response, err := roundTrip(i.System, request)
	if err != nil {
		failure := curlFailure(request.Context(), err, host, port, m.began)
		if failure.code == 7 {
			say("* connect to %s port %s failed: %s", remote, port, networkText(err))
		}
		say("* closing connection #0")
		return nil, failure
	}
	m.firstByte = time.Since(m.began)
	if m.connected == 0 {
		m.connected = m.firstByte
	}
	m.status = response.StatusCode
	m.contentType = response.Header.Get("Content-Type")
	say("* Connected to %s (%s) port %s", host, remote, port)
	say("> %s %s HTTP/1.1\n> Host: %s", request.Method, address.RequestURI(), request.Host)
	for _, line := range headerLines(request.Header) {
		say("> %s", line)
	}
	say(">\n* Request completely sent off\n< HTTP/1.1 %s", response.Status)
	for _, line := range headerLines(response.Header) {
		say("< %s", line)
	}
	say("<")
	return response, nil
}

// curlFailure words an error as curl does.
func curlFailure(ctx context.Context, err error, host, port string, began time.Time) curlError {
	took := time.Since(began).Milliseconds()
	var dns *net.DNSError
	var timeout net.Error
	var certificate process.CertificateError
	switch {
	case errors.Is(err, process.ErrNotTLS):
		return curlError{35, "TLS connect error: error:0A00010B:SSL routines::wrong version number"}
	case errors.As(err, &certificate):
		return curlError{60, certificateText(certificate, host) + certificateHelp}
	case errors.As(err, &dns):
		return curlError{6, "Could not resolve host: " + host}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return curlError{28, fmt.Sprintf("Operation timed out after %d milliseconds with 0 bytes received", took)}
	case errors.Is(err, syscall.ECONNRESET):
		return curlError{56, "Recv failure: Connection reset by peer"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return curlError{52, "Empty reply from server"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return curlError{28, fmt.Sprintf("Failed to connect to %s port %s after %d ms: Could not connect to server", host, port, took)}
	}
	return curlError{7, fmt.Sprintf("Failed to connect to %s port %s after %d ms: Could not connect to server", host, port, took)}
}

// curlReceive writes the answer where it is wanted.
func curlReceive(ctx context.Context, i *process.Invocation, c *curling, address *url.URL, response *http.Response, m *measured) error {
	if c.fail && response.StatusCode >= 400 {
		return curlError{22, fmt.Sprintf("The requested URL returned error: %d", response.StatusCode)}
	}
	output := i.Stdout
	name := c.output
	if c.remoteName {
		if name = path.Base(address.Path); name == "/" || name == "." {
			return curlError{23, "Failed to extract a filename from the URL to use for storage"}
		}
	}
	if name != "" && name != "-" {
		file, err := i.OpenFile(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			fmt.Fprintf(i.Stderr, "Warning: Failed to open the file %s: %s\n", name, filesystem.Text(err))
			return curlError{23, "Failure writing output to destination"}
		}
		defer func() { _ = file.Close() }()
		output = file
	}
	if c.include || c.head {
		var head bytes.Buffer
		fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", response.Status)
		for _, line := range headerLines(response.Header) {
			head.WriteString(line + "\r\n")
		}
		head.WriteString("\r\n")
		_, _ = output.Write(head.Bytes())
	}
	if c.head {
		return nil
	}
	size, err := io.Copy(output, response.Body)
	m.size = int(size)
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return curlError{28, fmt.Sprintf("Operation timed out after %d milliseconds with %d bytes received", time.Since(m.began).Milliseconds(), size)}
	case errors.Is(err, syscall.ECONNRESET):
		return curlError{56, "Recv failure: Connection reset by peer"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return curlError{18, "transfer closed with outstanding read data remaining"}
	}
	return curlError{23, "Failure writing output to destination"}
}

// certificateHelp is what curl says after the reason.
const certificateHelp = "\nMore details here: https://curl.se/docs/sslcerts.html\n\n" +
	"curl failed to verify the legitimacy of the server and therefore could not\n" +
	"establish a secure connection to it. To learn more about this situation and\n" +
	"how to fix it, please visit the webpage mentioned above."

// certificateText is curl's reason, with the texts of OpenSSL.
func certificateText(reason process.CertificateError, host string) string {
	switch reason {
	case process.WrongName:
		kind := "host name"
		if net.ParseIP(host) != nil {
			kind = "ipv4 address"
		}
		return fmt.Sprintf("SSL: no alternative certificate subject name matches target %s '%s'", kind, host)
	case process.SelfSigned:
		return "SSL certificate problem: self-signed certificate"
	case process.Expired:
		return "SSL certificate problem: certificate has expired"
	}
	return "SSL certificate problem: unable to get local issuer certificate"
}
