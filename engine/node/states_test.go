package node

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// states are the states that a pod or a node can show, each with a text that the
// record of its scenario must contain.
var states = map[string]string{
	// Conditions and the rest of the status.
	"condition PodScheduled":              "PodScheduled=True",
	"condition PodReadyToStartContainers": `PodReadyToStartContainers=False (PodSandboxNotReady: "no pod sandbox exists")`,
	"condition Initialized":               "Initialized=True",
	"condition ContainersReady":           "ContainersReady=True",
	"condition Ready":                     "Ready=True",
	"condition DisruptionTarget":          "DisruptionTarget=True",
	"readiness gates":                     "ReadinessGatesNotReady",
	"observedGeneration":                  "observedGeneration 1",
	"start time":                          "startTime:",
	"QoS class Burstable":                 "QoS class Burstable",
	"QoS class Guaranteed":                "QoS class Guaranteed",
	"hostNetwork pod":                     "IP 172.18.0.2",
	"unknown scheduler":                   "phase: Pending",

	// Images.
	"ErrImagePull":                        "waiting ErrImagePull",
	"ImagePullBackOff":                    "waiting ImagePullBackOff",
	"ImagePullBackOff doubles to 5 min":   "waiting ImagePullBackOff",
	"ErrImageNeverPull":                   "waiting ErrImageNeverPull",
	"InvalidImageName":                    "waiting InvalidImageName",
	"image pull of a missing tag":         `nginx:1.161": docker.io/library/nginx:1.161: not found`,
	"image pull denied":                   "insufficient_scope: authorization failed",
	"image pull no such host":             "no such host",
	"image pull timeout":                  "code = DeadlineExceeded",
	"image pull refused":                  "connection refused",
	"image pull rate limit":               "toomanyrequests",
	"image pull server error":             "503 Service Unavailable",
	"layers already present":              "in 2.", // 50 MB of 1.5 GB
	"imagePullPolicy":                     "already present on machine and can be accessed by the pod",
	"imagePullPolicy Always asks again":   "Image size: 1500000311 bytes.",
	"private repository":                  "Successfully pulled image \"sim.tabernetes.dev/private:v1\"",
	"FailedToRetrieveImagePullSecret":     "Unable to retrieve some image pull secrets (absent); attempting to pull the image may not succeed.",
	"image of a secret is for its owners": "event Warning Failed on pod other spec.containers{main}: Error: ErrImagePull",
	"annotations override":                "in 4s (4s including waiting)",
	"image volume":                        "kitten.jpg",
	"image volume that cannot be pulled":  "event Warning Failed on pod missing spec.containers{main}: Error: ErrImagePull",
	"part that an image lacks":            "waiting CreateContainerError \"failed to mount image volume: failed to ensure image subpath",
	"unknown annotation":                  "is not known; known are pull-time",

	// Containers and their ends.
	"CrashLoopBackOff":                       "waiting CrashLoopBackOff \"back-off 10s",
	"CrashLoopBackOff doubles to 5 min":      "waiting CrashLoopBackOff \"back-off 5m0s",
	"CrashLoopBackOff is reset after 10 min": "pod long Ready=True",
	"OOMKilled":                              "terminated OOMKilled 137",
	"Completed":                              "terminated Completed 0",
	"Error with exit code":                   "terminated Error 3",
	"pod Succeeded":                          "phase Succeeded",
	"pod Failed":                             "phase Failed",
	"restartPolicy Never":                    "pod failed phase Failed",
	"restartPolicy OnFailure":                "pod onfailure phase Succeeded",
	"container-level restartPolicy":          "[again] running, ready, restarts 1, last terminated Error 1",
	"restartPolicyRules":                     "last terminated Error 42",
	"RestartAllContainers":                   "AllContainersRestarting=True",
	"activeDeadlineSeconds":                  "Pod was active on the node longer than the specified deadline",
	"activeDeadlineSeconds of a running pod": "phase Failed",
	"init containers one after the other":    "waiting PodInitializing",
	"init container fails":                   "terminated Error",
	"sidecar":                                "running, ready",
	"sidecar start order":                    "containers with incomplete status: [second setup]",
	"sidecar restart":                        "[proxy] running, ready, restarts 1",
	"sidecar termination order":              "[second] terminated",
	"sidecar in a Job":                       "event Normal Killing on pod job spec.initContainers{proxy}",
	"ephemeral container":                    "[debugger] running",
	"taken over after a reload":              "restarts",
	"in-place change of image":               "definition changed, will be restarted",
	"in-place change of labels":              "# labels and annotations change",
	"in-place resize":                        "Pod resize completed",
	"resize with restart":                    "resize requires restart",
	"resize deferred":                        "PodResizePending=True (Deferred",
	"resize error":                           "cannot decrease memory limits",

	// Configuration, volumes, hooks.
	"exit code of a command":                              "terminated Error 3",
	"CreateContainerConfigError for a missing ConfigMap":  `waiting CreateContainerConfigError "configmap \"settings\" not found"`,
	"CreateContainerConfigError for a missing Secret key": `waiting CreateContainerConfigError "couldn't find key word in Secret default/password"`,
	"runAsNonRoot":         "container has runAsNonRoot and image will run as root",
	"FailedMount":          "FailedMount",
	"volumes":              "log of",
	"postStart hook fails": "PostStartHook failed",
	"preStop hook fails":   "PreStopHook failed",

	// Termination.
	"grace period then SIGKILL":             "terminated Error 137",
	"terminationGracePeriodSeconds 0 and 1": "deleted pod one",
	"SIGTERM ignored":                       "terminated Error 137",
	"force delete":                          "deleted pod web",
	"deletion order":                        "deleted pod",
	"deletion during a pull":                "Pulled",

	// Probes.
	"readiness probe":                     "pod web Ready=True",
	"readiness probe fails":               "Readiness probe failed",
	"liveness probe":                      "Liveness probe failed",
	"startup probe":                       "Startup probe failed",
	"probe httpGet status":                "HTTP probe failed with statuscode: 404",
	"probe httpGet scheme":                "http: server gave HTTP response to HTTPS client",
	"probe httpGet host":                  `Get "http://192.0.2.1:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
	"probe httpGet redirect":              "pod local Ready=True",
	"ProbeWarning":                        "Readiness probe warning: Probe terminated redirects, Response body: moved",
	"probe timeout":                       "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
	"probe tcpSocket":                     "dial tcp 192.0.2.1:80: i/o timeout",
	"probe exec":                          "Readiness probe failed: not yet",
	"probe exec timeout":                  `command timed out: "sleep 10" timed out after 2s`,
	"probe grpc":                          `service unhealthy (responded with "NOT_SERVING")`,
	"probe thresholds":                    "Ready=False (ContainersNotReady",
	"probe initialDelaySeconds":           "Ready=True",
	"liveness restart":                    "Container liveness failed liveness probe, will be restarted",
	"probe terminationGracePeriodSeconds": "[main] running, ready, restarts 1, last terminated Error 137",
	"startup probe holds others back":     "pod slow Ready=True",
	"startup probe restart":               "failed startup probe, will be restarted",

	// Nodes.
	"instant node":                 "phase Running",
	"node registration":            "Starting kubelet.",
	"node added":                   "node-4",
	"node reboot":                  "Rebooted",
	"node loses its power":         "phase",
	"node partition":               "pod removed",
	"disk pressure":                "DiskPressure=True",
	"memory pressure and eviction": "MemoryPressure=True",
	"PID pressure":                 "PIDPressure=True",
	"kubelet admission refuses":    "because OutOfcpu",
	"machine settings":             "InvalidAnnotation",
}

// Every state has a golden scenario that shows it.
func TestEveryStateHasAScenario(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.input.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, input := range inputs {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		var s scenario
		if err := yaml.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if s.States == nil {
			t.Errorf("%s: does not say which states it shows", input)
		}
		output := strings.TrimSuffix(input, ".input.yaml") + ".output.txt"
		record, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		for _, state := range s.States {
			evidence, known := states[state]
			if !known {
				t.Errorf("%s: state %q is not in the list", input, state)
				continue
			}
			if !strings.Contains(string(record), evidence) {
				t.Errorf("%s: state %q: the record has no %q", output, state, evidence)
			}
			shown[state] = true
		}
	}
	var missing []string
	for state := range states {
		if !shown[state] {
			missing = append(missing, fmt.Sprintf("%q", state))
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("states without a scenario: %s", strings.Join(missing, ", "))
	}
}
