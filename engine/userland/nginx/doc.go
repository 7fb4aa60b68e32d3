// Package nginx is nginx as a web server and a reverse proxy, by its configuration: the
// directives that manifests for Kubernetes mount, also for TLS. Others are taken and
// have no effect.
//
// A container runs it in the place of the catalogue's simple server where something is
// mounted over /etc/nginx. It knows nothing of Kubernetes.
package nginx
