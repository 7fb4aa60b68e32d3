package agnhost

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	jose "gopkg.in/go-jose/go-jose.v2"
	"gopkg.in/go-jose/go-jose.v2/jwt"
)

// maxClockSkew is how much earlier than its "nbf" a token is accepted (go-oidc).
const maxClockSkew = 5 * time.Minute

// accountClaims are what the token of a service account says.
type accountClaims struct {
	jwt.Claims

	Kubernetes struct {
		Namespace      string `json:"namespace"`
		ServiceAccount struct {
			Name string `json:"name"`
			UID  string `json:"uid"`
		} `json:"serviceaccount"`
	} `json:"kubernetes.io"`
}

// String is upstream's %#v of its own type, with addresses that are the same in every run.
func (a accountClaims) String() string {
	const at = "(*jwt.NumericDate)(0xc00011a%03x)"
	return fmt.Sprintf("openidmetadata.claims{Claims:jwt.Claims{Issuer:%q, Subject:%q, Audience:%#v, Expiry:"+at+", NotBefore:"+at+", IssuedAt:"+at+", ID:%q}, "+
		"Kubernetes:openidmetadata.kubeClaims{Namespace:%q, ServiceAccount:openidmetadata.kubeName{Name:%q, UID:%q}}}",
		a.Issuer, a.Subject, a.Audience, 0x2f8, 0x310, 0x308, a.ID, a.Kubernetes.Namespace, a.Kubernetes.ServiceAccount.Name, a.Kubernetes.ServiceAccount.UID)
}

// asker makes a request and returns its answer with the whole body.
type asker func(ctx context.Context, address string) (*http.Response, []byte, error)

// issuerDiscovery is test-service-account-issuer-discovery: it verifies a token by what
// its issuer publishes, in the cluster and else outside.
func issuerDiscovery(ctx context.Context, c *call) int {
	token, err := c.readFile(c.flags["token-path"])
	if err != nil {
		return c.fatal("%v", err)
	}
	c.logf("OK: Got token")
	c.logf("validating with in-cluster discovery")
	client, err := c.inCluster()
	if err != nil {
		return c.fatal("%v", err)
	}
	if err = c.verifyToken(ctx, client.get, token); err == nil {
		return 0
	}
	c.logf("failed to validate with in-cluster discovery: %v", err)
	c.logf("falling back to validating with external discovery")
	err = c.verifyToken(ctx, func(ctx context.Context, address string) (*http.Response, []byte, error) {
		return c.request(ctx, address, "")
	}, token)
	if err != nil {
		return c.fatal("%v", err)
	}
	return 0
}

// verifyToken asks the issuer of a token for its keys and checks the token, as go-oidc
// does.
func (c *call) verifyToken(ctx context.Context, ask asker, text string) error {
	token, err := jwt.ParseSigned(text)
	if err != nil {
		return err
	}
	var claims accountClaims
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return err
	}
	c.logf("OK: got issuer %s", claims.Issuer)
	c.logf("Full, not-validated claims: \n%s", claims)
	provider := struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}{}
	if err := fetch(ctx, ask, strings.TrimSuffix(claims.Issuer, "/")+"/.well-known/openid-configuration", &provider); err != nil {
		return err
	}
	if provider.Issuer != claims.Issuer {
		return fmt.Errorf("oidc: issuer did not match the issuer returned by provider, expected %q got %q", claims.Issuer, provider.Issuer)
	}
	c.logf("OK: Constructed OIDC provider for issuer %v", claims.Issuer)
	now, audience := c.System.Now(), c.flags["audience"]
	switch {
	case !slices.Contains(claims.Audience, audience):
		return fmt.Errorf("oidc: expected audience %q got %q", audience, claims.Audience)
	case claims.Expiry.Time().Before(now):
		return fmt.Errorf("oidc: token is expired (Token Expiry: %v)", claims.Expiry.Time())
	case claims.NotBefore != nil && now.Add(maxClockSkew).Before(claims.NotBefore.Time()):
		return fmt.Errorf("oidc: current time %v before the nbf (not before) time: %v", now, claims.NotBefore.Time())
	}
	var keys jose.JSONWebKeySet
	if err := fetch(ctx, ask, provider.Keys, &keys); err != nil {
		return fmt.Errorf("failed to verify signature: fetching keys %w", err)
	}
	var verified accountClaims
	if err := token.Claims(keys, &verified); err != nil {
		return fmt.Errorf("failed to verify signature: failed to verify id token signature")
	}
	c.logf("OK: Validated signature on JWT")
	c.logf("OK: Got valid claims from token!")
	c.logf("Full, validated claims: \n&%s", verified)
	return nil
}

// fetch reads a document of JSON.
func fetch(ctx context.Context, ask asker, address string, into any) error {
	response, body, err := ask(ctx, address)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, body)
	}
	return json.Unmarshal(body, into)
}
