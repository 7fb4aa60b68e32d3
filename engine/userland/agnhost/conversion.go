package agnhost

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"tabernetes/engine/userland/process"
)

// conversionReview is a ConversionReview of apiextensions.k8s.io, of either version.
type conversionReview struct {
	APIVersion string             `json:"apiVersion"`
	Kind       string             `json:"kind"`
	Request    *conversionRequest `json:"request,omitempty"`
	Response   *conversion        `json:"response,omitempty"`
}

type conversionRequest struct {
	UID     string           `json:"uid"`
	Desired string           `json:"desiredAPIVersion"`
	Objects []map[string]any `json:"objects"`
}

type conversion struct {
	UID     string           `json:"uid"`
	Objects []map[string]any `json:"convertedObjects"`
	Result  status           `json:"result"`
}

// conversionWebhook converts the suite's example of a custom resource, which has hostPort
// in v1, and host and port in v2 of stable.example.com.
func conversionWebhook(ctx context.Context, c *call) int {
	return c.serveWebhooks(ctx, func(_ context.Context, path string, body []byte) process.Reply {
		if path != "/crdconvert" {
			return httpError(http.StatusNotFound, "404 page not found")
		}
		asked := conversionReview{}
		if err := json.Unmarshal(body, &asked); err != nil || asked.Request == nil {
			return httpError(http.StatusBadRequest, fmt.Sprintf("failed to deserialize body (%s) with error %v", body, err))
		}
		answer := &conversion{UID: asked.Request.UID, Result: status{Status: "Success"}}
		for _, object := range asked.Request.Objects {
			if err := convert(object, asked.Request.Desired); err != nil {
				answer.Objects, answer.Result = nil, status{Status: "Failure", Message: err.Error()}
				break
			}
			answer.Objects = append(answer.Objects, object)
		}
		return reviewReply(conversionReview{APIVersion: asked.APIVersion, Kind: asked.Kind, Response: answer})
	})
}

// convert changes an object into what it is in another version.
func convert(object map[string]any, to string) error {
	const v1, v2 = "stable.example.com/v1", "stable.example.com/v2"
	from := object["apiVersion"]
	switch {
	case from == to:
		return fmt.Errorf("conversion from a version to itself should not call the webhook: %s", to)
	case from != v1 && from != v2:
		return fmt.Errorf("unexpected conversion version %q", from)
	case to != v1 && to != v2:
		return fmt.Errorf("unexpected conversion version %q", to)
	case to == v2:
		if both, has := object["hostPort"]; has {
			host, port, ok := strings.Cut(fmt.Sprint(both), ":")
			if !ok || strings.Contains(port, ":") {
				return fmt.Errorf("invalid hostPort value `%v`", both)
			}
			delete(object, "hostPort")
			object["host"], object["port"] = host, port
		}
	default:
		host, hasHost := object["host"]
		port, hasPort := object["port"]
		if hasHost || hasPort {
			object["hostPort"] = text(host) + ":" + text(port)
			delete(object, "host")
			delete(object, "port")
		}
	}
	object["apiVersion"] = to
	return nil
}

// text is a value in words; nothing for one that is missing.
func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
