package main

import (
	"testing"
	"time"
)

// What an administrator does to nodes, with a real kubectl.
func TestKubectlTakesNodesOutOfServiceAndSaysWhatTheyUse(t *testing.T) {
	t.Parallel()
	k := newTerminal(t, serveOptions{seed: 1})
	k.expect("create deployment web --image=nginx:1.27 --replicas=3", `created$`)
	k.expect("run lonely --image=nginx:1.27 --overrides={\"spec\":{\"nodeName\":\"node-1\"}}", `created$`)
	k.expect("wait --for=condition=Ready pod --all --timeout=60s", `lonely condition met$`)

	k.expect("cordon node-1", `^node/node-1 cordoned$`)
	k.expect("get nodes", `^node-1 +Ready,SchedulingDisabled `)
	refused, status := k.try("drain", "node-1")
	if status != 1 {
		t.Errorf("drain without --force: exit status %d\n%s", status, refused)
	}
	k.match("drain without --force", refused, `cannot delete Pods that declare no controller \(use --force to override\): default/lonely`)
	k.expect("drain node-1 --force --ignore-daemonsets --timeout=120s", `^pod/lonely evicted$`, `^node/node-1 drained$`)
	k.expect("get pods --field-selector=spec.nodeName=node-1", `^No resources found`)
	k.expect("rollout status deployment/web --timeout=60s", `successfully rolled out`)
	k.expect("uncordon node-1", `^node/node-1 uncordoned$`)

	k.expect("taint nodes node-2 colour=blue:NoExecute", `^node/node-2 tainted$`)
	eventuallyMatches(t, 60*time.Second, func() string { return k.run("get", "pods", "--field-selector=spec.nodeName=node-2") }, `No resources found`)
	k.expect("taint nodes node-2 colour-", `^node/node-2 untainted$`)
	k.expect("describe node node-1", `^Unschedulable: +false$`, `^Allocatable:$`, `^Non-terminated Pods: `)

	eventuallyMatches(t, 90*time.Second, func() string { output, _ := k.try("top", "nodes"); return output },
		`(?m)^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) *$[\s\S]*^node-3 +\d+m +\d+% +\d+Mi +\d+% *$`)
	eventuallyMatches(t, 90*time.Second, func() string { output, _ := k.try("top", "pods"); return output },
		`(?m)^web-[0-9a-z]+-[0-9a-z]+ +\d+m +\d+Mi *$`)
}
