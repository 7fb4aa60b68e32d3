package agnhost

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"tabernetes/engine/userland/process"
)

// contacts is what a nettest server knows of its peers; it is shown as it is.
type contacts struct {
	Hostname             string
	Sent                 map[string]int
	Received             map[string]int
	Errors               []string
	Log                  []string
	StillContactingPeers bool
}

// netTest counts who has written to it. It does not look for peers by itself: a
// container here has no client of the API.
func netTest(ctx context.Context, c *call) int {
	var mu sync.Mutex
	state := contacts{Hostname: c.System.Hostname, StillContactingPeers: true}
	write := func(request *http.Request) process.Reply {
		var message struct{ Source, Dest string }
		err := json.NewDecoder(request.Body).Decode(&message)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			state.Errors = append(state.Errors, err.Error())
		}
		if message.Source == "" {
			state.Errors = append(state.Errors, state.Hostname+": Got request with no source")
		} else {
			if state.Received == nil {
				state.Received = map[string]int{}
			}
			state.Received[message.Source]++
		}
		return jsonReply(http.StatusOK, map[string]string{"Hostname": state.Hostname})
	}
	err := c.serve(ctx, c.number("port", 8080), func(request *http.Request) process.Reply {
		switch request.URL.Path {
		case "/write":
			if request.Body == nil {
				request.Body = http.NoBody
			}
			return process.Reply{Later: func(context.Context) process.Reply { return write(request) }}
		case "/read":
			mu.Lock()
			defer mu.Unlock()
			data, err := json.MarshalIndent(state, "", "\t")
			if err != nil {
				return httpError(http.StatusInternalServerError, err.Error())
			}
			return process.Reply{Body: string(data)}
		case "/status":
			mu.Lock()
			defer mu.Unlock()
			if peers := c.number("peers", 8); len(state.Sent) >= peers && len(state.Received) >= peers {
				return process.Reply{Body: "pass"}
			}
			return process.Reply{Body: "running"}
		case "/quit":
			c.stop(exited(0))
			return process.Reply{Later: func(ctx context.Context) process.Reply { <-ctx.Done(); return process.Reply{} }}
		}
		return httpError(http.StatusNotFound, "404 page not found")
	})
	if err != nil {
		return c.fatal("%v", err)
	}
	return c.wait(ctx)
}
