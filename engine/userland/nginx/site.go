package nginx

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// site is what a configuration says: the virtual servers of each port, in their order,
// and the groups of servers that requests are passed on to.
type site struct {
	ports  map[int]*port
	groups map[string][]string
}

// port is a port that nginx listens at.
type port struct {
	servers []*server
	tls     *tls.Config // nil for plain HTTP
}

// server is a virtual server.
type server struct {
	names     []string
	scope     scope
	locations []*location
}

// scope is what blocks hand down to those inside them.
type scope struct {
	root, alias, kind string // kind is the default_type
	index             []string
	tries             []string
	// answer is a return: a code and perhaps a text or an address.
	answer []string
	// pass is where requests are passed on to, empty for files.
	pass, passAt       string
	added, sentHeaders [][2]string
}

// location is a part of a virtual server's paths.
type location struct {
	kind    string // "", "=", "^~", "~"
	path    string
	pattern *regexp.Regexp // of "~" and "~*"
	scope   scope
}

// The directories of nginx's image.
const (
	prefix      = "/etc/nginx"
	defaultRoot = prefix + "/html"
)

// readSite reads the configuration of a container.
func readSite(files *filesystem.FileSystem) (*site, error) {
	list, err := (&reader{files: files}).read(prefix + "/nginx.conf")
	if err != nil {
		return nil, err
	}
	s := &site{ports: map[int]*port{}, groups: map[string][]string{}}
	for _, one := range list {
		if one.name != "http" {
			continue
		}
		outer := scope{root: defaultRoot, index: []string{"index.html"}, kind: "text/plain"}
		if err := outer.read(one.block); err != nil {
			return nil, err
		}
		for _, inner := range one.block {
			switch inner.name {
			case "upstream":
				if err := s.addGroup(inner); err != nil {
					return nil, err
				}
			case "server":
				if err := s.addServer(files, inner, outer); err != nil {
					return nil, err
				}
			}
		}
	}
	return s, nil
}

func (s *site) addGroup(group directive) error {
	if len(group.args) != 1 {
		return emerg(group.at, `invalid number of arguments in "upstream" directive`)
	}
	for _, one := range group.block {
		if one.name == "server" && len(one.args) > 0 {
			s.groups[group.args[0]] = append(s.groups[group.args[0]], withPort(one.args[0], "80"))
		}
	}
	if len(s.groups[group.args[0]]) == 0 {
		return emerg(group.at, "no servers are inside upstream")
	}
	return nil
}

// withPort adds a port to an address without one.
func withPort(address, usual string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(address, usual)
}

func (s *site) addServer(files *filesystem.FileSystem, block directive, outer scope) error {
	made := &server{scope: outer.inner()}
	if err := made.scope.read(block.block); err != nil {
		return err
	}
	secure, listens := map[int]string{}, []int{}
	var certificate, key string
	for _, one := range block.block {
		switch one.name {
		case "listen":
			if len(one.args) == 0 {
				return emerg(one.at, `invalid number of arguments in "listen" directive`)
			}
			if strings.HasPrefix(one.args[0], "[") || strings.HasPrefix(one.args[0], "unix:") {
				continue // this network has no IPv6
			}
			text := one.args[0][strings.LastIndexByte(one.args[0], ':')+1:]
			number, err := strconv.ParseUint(text, 10, 16)
			if err != nil || number == 0 {
				if net.ParseIP(one.args[0]) == nil {
					return emerg(one.at, "invalid port in %q of the \"listen\" directive", one.args[0])
				}
				number = 80
			}
			listens = append(listens, int(number))
			if slices.Contains(one.args[1:], "ssl") {
				secure[int(number)] = one.at
			}
		case "server_name":
			made.names = append(made.names, one.args...)
		case "ssl_certificate":
			certificate = inPrefix(one.args)
		case "ssl_certificate_key":
			key = inPrefix(one.args)
		case "location":
			if err := made.addLocation(one); err != nil {
				return err
			}
		}
	}
	if len(listens) == 0 {
		listens = []int{80}
	}
	for _, number := range listens {
		if s.ports[number] == nil {
			s.ports[number] = &port{}
		}
		at := s.ports[number]
		at.servers = append(at.servers, made)
		if place := secure[number]; place != "" {
			pair, err := keyPair(files, certificate, key, place)
			if err != nil {
				return err
			}
			if at.tls == nil {
				at.tls = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			at.tls.Certificates = append(at.tls.Certificates, pair)
		}
	}
	return nil
}

// inPrefix is the file that a directive names.
func inPrefix(args []string) string {
	if len(args) == 0 {
		return ""
	}
	if path.IsAbs(args[0]) {
		return args[0]
	}
	return path.Join(prefix, args[0])
}

// keyPair reads a certificate and its key, with the errors of nginx and OpenSSL.
func keyPair(files *filesystem.FileSystem, certificate, key, at string) (tls.Certificate, error) {
	if certificate == "" {
		return tls.Certificate{}, emerg(at, `no "ssl_certificate" is defined for the "listen ... ssl" directive`)
	}
	if key == "" {
		return tls.Certificate{}, fmt.Errorf("no \"ssl_certificate_key\" is defined for certificate %q", certificate)
	}
	chain, err := files.ReadFile(certificate)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot load certificate %q: BIO_new_file() failed (SSL: error:80000002:system library::%s:calling fopen(%s, r) error:10000080:BIO routines::no such file)",
			certificate, filesystem.Text(err), certificate)
	}
	secret, err := files.ReadFile(key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot load certificate key %q: BIO_new_file() failed (SSL: error:80000002:system library::%s:calling fopen(%s, r) error:10000080:BIO routines::no such file)",
			key, filesystem.Text(err), key)
	}
	pair, err := tls.X509KeyPair(chain, secret)
	switch {
	case err == nil:
		return pair, nil
	case strings.Contains(err.Error(), "private key does not match"):
		return pair, fmt.Errorf("SSL_CTX_use_PrivateKey(%q) failed (SSL: error:05800074:x509 certificate routines::key values mismatch)", key)
	case strings.Contains(err.Error(), "key"):
		return pair, fmt.Errorf("cannot load certificate key %q: PEM_read_bio_PrivateKey() failed (SSL: error:1E08010C:DECODER routines::unsupported)", key)
	}
	return pair, fmt.Errorf("cannot load certificate %q: PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)", certificate)
}

func (s *server) addLocation(block directive) error {
	made := &location{scope: s.scope.inner()}
	switch len(block.args) {
	case 1:
		made.path = block.args[0]
	case 2:
		made.kind, made.path = block.args[0], block.args[1]
	default:
		return emerg(block.at, `invalid number of arguments in "location" directive`)
	}
	var err error
	switch made.kind {
	case "", "=", "^~":
	case "~", "~*":
		expression := made.path
		if made.kind == "~*" {
			expression = "(?i)" + expression
		}
		if made.pattern, err = regexp.Compile(expression); err != nil {
			return emerg(block.at, "pcre2_compile() failed: %v in %q", err, made.path)
		}
		made.kind = "~"
	default:
		return emerg(block.at, "invalid location modifier %q", made.kind)
	}
	s.locations = append(s.locations, made)
	return made.scope.read(block.block)
}

// inner is what a block inside begins with.
func (s *scope) inner() scope {
	inner := *s
	inner.answer, inner.pass, inner.alias = nil, "", ""
	return inner
}

// read takes over the directives of a block. Headers are only handed down to a block
// that names none itself.
func (s *scope) read(block []directive) error {
	var added, sent [][2]string
	for _, one := range block {
		if slices.Contains([]string{"root", "alias", "default_type", "proxy_pass", "return"}, one.name) && len(one.args) == 0 {
			return emerg(one.at, "invalid number of arguments in %q directive", one.name)
		}
		switch one.name {
		case "root":
			s.root, s.alias = inPrefix(one.args), ""
		case "alias":
			s.alias = inPrefix(one.args)
		case "index":
			s.index = one.args
		case "default_type":
			s.kind = one.args[0]
		case "try_files":
			s.tries = one.args
		case "return":
			s.answer = one.args
		case "proxy_pass":
			address, err := url.Parse(one.args[0])
			if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
				return emerg(one.at, "invalid URL prefix")
			}
			s.pass, s.passAt = one.args[0], one.at
		case "add_header":
			if len(one.args) > 1 {
				added = append(added, [2]string{one.args[0], one.args[1]})
			}
		case "proxy_set_header":
			if len(one.args) == 2 {
				sent = append(sent, [2]string{one.args[0], one.args[1]})
			}
		}
	}
	if added != nil {
		s.added = added
	}
	if sent != nil {
		s.sentHeaders = sent
	}
	return nil
}
