package play

import (
	"testing"
	"testing/fstest"

	"tabernetes/lessons"
)

// otherWays are commands in place of those of a solution. Each of them does what the
// step demands, too, so it passes: a check looks at necessary state only.
var otherWays = map[string][]struct{ name, step, typed string }{
	"rolling-update": {
		{"create in place of apply", "apply", "kubectl create -f roll_update.yaml"},
		{"standard input", "apply", "cat roll_update.yaml | kubectl apply -f -"},
		{"no manifest", "apply", "kubectl create deployment image-deployment --image=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1\n"},
		{"server-side apply", "apply", "sed -e 's/extensions.v1beta1/apps\\/v1/' -e 's/^  template:/  selector: {matchLabels: {app: image-update}}\\n  template:/' roll_update.yaml > new.yaml\nkubectl apply --server-side -f new.yaml"},
		{"something else beside it", "apply", "kubectl create configmap extra --from-literal=a=b\n\nkubectl apply -f roll_update.yaml\n\nkubectl create deployment other --image=nginx:1.27"},
		{"patch in place of scale", "scale", "kubectl patch deployment image-deployment --patch '{\"spec\":{\"replicas\":3}}'"},
		{"scale by its label", "scale", "kubectl scale deployment --all --replicas=3"},
		{"edited file", "scale", "sed 's/replicas: 1/replicas: 3/' roll_update.yaml | kubectl apply -f -"},
		{"more first", "scale", "kubectl scale deployment image-deployment --replicas=5\n\nkubectl scale deployment image-deployment --replicas=3"},
		{"set image", "update", "kubectl set image deployment/image-deployment '*=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2' && kubectl rollout pause deployment/image-deployment"},
		{"JSON patch", "resume", "kubectl patch deployment image-deployment --type=json --patch '[{\"op\":\"remove\",\"path\":\"/spec/paused\"}]'"},
		{"the image by hand", "undo", "kubectl set image deployment/image-deployment '*=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1'"},
		{"undo to its number", "undo", "kubectl rollout undo deployment/image-deployment --to-revision=1"},
	},
	"scaling-midway": {
		{"a patch that pauses", "half-way", "kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2 && kubectl patch deployment shop --patch '{\"spec\":{\"paused\":true}}'"},
		{"patch in place of scale", "scale", "kubectl patch deployment shop --patch '{\"spec\":{\"replicas\":20}}'"},
	},
	"drain": {
		{"cordon by its field", "refused", "kubectl patch node node-1 --patch '{\"spec\":{\"unschedulable\":true}}'"},
		{"a smaller minimum", "budget", "kubectl patch pdb cart --patch '{\"spec\":{\"minAvailable\":\"80%\"}}'"},
		{"one more Pod", "budget", "kubectl scale deployment/cart --replicas=7\n\nkubectl rollout status deployment/cart"},
	},
	"selector": {
		{"another Deployment beside it", "replace", "sed '4s/news/news-2/' new-selector.yaml | kubectl apply -f -\n\nkubectl rollout status deployment/news-2\n\nkubectl delete deployment news"},
		{"set selector", "service", "kubectl set selector service news app.kubernetes.io/name=news"},
	},
	"orphans": {
		{"a patch of the labels", "suspect", "kubectl patch $(kubectl get pods -o name | head -n 1) --patch '{\"metadata\":{\"labels\":{\"app\":\"suspect\"}}}'"},
		{"a narrower Service", "repair", "kubectl patch deployment mail --patch '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"role\":\"mail\"}}}}}'\n\nkubectl rollout status deployment/mail\n\nkubectl patch service mail --patch '{\"spec\":{\"selector\":{\"role\":\"mail\"}}}'"},
	},
	"quota": {
		{"fewer Pods for a while", "out", "kubectl scale deployment/search --replicas=3\n\nkubectl rollout status deployment/search\n\nkubectl scale deployment/search --replicas=4"},
		{"percentages", "out", "kubectl patch deployment search --patch '{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"0%\",\"maxUnavailable\":\"25%\"}}}}'"},
	},
	"autoscaler": {
		{"autoscale", "autoscale", "kubectl autoscale deployment api --cpu=50% --min=2 --max=8"},
		{"set-last-applied", "own", "kubectl apply set-last-applied -f without-replicas.yaml\n\nkubectl apply -f without-replicas.yaml"},
	},
	"ways-to-change": {
		{"server-side apply", "apply", "kubectl apply --server-side -f v2.yaml"},
		{"the variable by hand", "replace", "kubectl set env deployment/blog --containers=blog MODE-"},
		{"JSON patch", "patch", "kubectl patch deployment blog --type=json --patch '[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\",\"value\":\"sim.tabernetes.dev/web:v3\"}]'"},
	},
	"changed-config": {
		{"made anew and applied", "change", "kubectl create configmap greeting --from-literal=COLOR=green --dry-run=client -o yaml | kubectl apply -f -"},
		{"another name", "name", "kubectl create configmap red --from-literal=COLOR=red\n\nsed 's/greeting-red/red/' use-red.yaml > red-too.yaml\n\nkubectl patch deployment greeting --patch-file red-too.yaml"},
	},
	"blue-green": {
		{"set selector", "switch", "kubectl set selector service tickets app=tickets,track=green"},
		{"twice as many of each", "canary", "kubectl scale deployment/green --replicas=2\n\nkubectl scale deployment/blue --replicas=18\n\nkubectl rollout status deployment/blue\n\nkubectl set selector service tickets app=tickets"},
	},
	"stateful-order": {
		{"both in one patch", "one", "kubectl patch statefulset db --patch '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}},\"template\":{\"spec\":{\"containers\":[{\"name\":\"db\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"the image by hand", "rollback", "kubectl set image statefulset/db db=sim.tabernetes.dev/web:v1\n\nkubectl delete pod db-2"},
	},
	"daemonset": {
		{"each Pod by hand", "rest", "kubectl delete pods --all"},
		{"both in one patch", "surge", "kubectl patch daemonset agent --patch '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxSurge\":\"34%\",\"maxUnavailable\":0}},\"template\":{\"spec\":{\"containers\":[{\"name\":\"agent\",\"image\":\"sim.tabernetes.dev/web:v3\"}]}}}}'"},
	},
	"dead-node": {
		{"deleted at once", "replaced", "kubectl delete pods --field-selector=spec.nodeName=node-2 --wait=false"},
		{"out of service", "replaced", "kubectl taint node node-2 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"},
	},
	"bad-image": {
		{"undo", "out", "kubectl rollout undo deployment/web"},
		{"the whole manifest", "out", "kubectl get deployment web -o yaml | sed 's/web:v22/web:v3/' | kubectl apply -f -"},
		{"patch", "out", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"another bad image", "break", "kubectl set image deployment/web web=sim.tabernetes.dev/web:2"},
	},
	"quarter": {
		{"patch", "one", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"another order", "five", "kubectl scale deployment/web --replicas=5\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v4\n\nkubectl rollout status deployment/web\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v3"},
	},
	"undo": {
		{"the image by hand", "back", "kubectl set image deployment/web web=sim.tabernetes.dev/web:v1"},
		{"undo twice by number", "back", "kubectl rollout undo deployment/web --to-revision=2\n\nkubectl rollout undo deployment/web --to-revision=1"},
		{"more revisions than three", "three", "kubectl set image deployment/web web=sim.tabernetes.dev/web:v2\n\nkubectl rollout restart deployment/web\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v3"},
	},
	"progress-deadline": {
		{"the image by hand", "back", "kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v1"},
		{"merge patch", "deadline", "kubectl patch deployment shop --type=merge --patch '{\"spec\":{\"progressDeadlineSeconds\":15}}'"},
	},
	"ready-for-traffic": {
		{"two Pods of three", "sick", "kubectl annotate $(kubectl get pods -l app=front -o name | head -n 2) sim.tabernetes.dev/http-status=500"},
		{"new Pods", "well", "kubectl rollout restart deployment/front"},
	},
	"last-seconds": {
		{"another version in place of a restart", "lose", "kubectl set image deployment/api api=sim.tabernetes.dev/web:v2\n\nkubectl rollout status deployment/api"},
		{"a command in place of sleep", "hook", "kubectl patch deployment api --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"api\",\"lifecycle\":{\"preStop\":{\"exec\":{\"command\":[\"sleep\",\"5\"]}}}}]}}}}'"},
		{"another version in place of a restart", "again", "kubectl set image deployment/api api=sim.tabernetes.dev/web:v2"},
		{"a shorter hook", "account", "kubectl patch deployment api --patch-file report.yaml\n\nkubectl patch deployment api --patch '{\"spec\":{\"template\":{\"spec\":{\"terminationGracePeriodSeconds\":40,\"containers\":[{\"name\":\"api\",\"lifecycle\":{\"preStop\":{\"sleep\":{\"seconds\":3}}}}]}}}}'"},
	},
	"slow-starter": {
		{"a wider probe", "startup", "kubectl patch deployment search --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"search\",\"startupProbe\":{\"tcpSocket\":{\"port\":80},\"periodSeconds\":1,\"failureThreshold\":90}}]}}}}'\n\nkubectl rollout status deployment/search"},
		{"both Pods hang", "hang", "kubectl annotate pods -l app=search sim.tabernetes.dev/http-status=500\n\nsleep 20\n\nkubectl annotate pods -l app=search sim.tabernetes.dev/http-status-"},
	},
	"min-ready": {
		{"thirty seconds", "patience", "kubectl patch deployment mail --type=json --patch '[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":30}]'"},
		{"the image by hand", "back", "kubectl set image deployment/mail mail=sim.tabernetes.dev/web:v1"},
	},
	"one-rollout": {
		{"a patch", "pause", "kubectl patch deployment blog --patch '{\"spec\":{\"paused\":true}}'"},
		{"one patch for all three", "batch", "kubectl patch deployment blog --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"blog\",\"image\":\"sim.tabernetes.dev/web:v2\",\"env\":[{\"name\":\"THEME\",\"value\":\"light\"}],\"resources\":{\"requests\":{\"cpu\":\"10m\"}}}]}}}}'"},
		{"begun, taken back and collected again", "batch", "kubectl rollout resume deployment/blog\n\nkubectl set image deployment/blog blog=sim.tabernetes.dev/web:v2\n\nkubectl rollout status deployment/blog\n\nkubectl rollout undo deployment/blog --to-revision=1\n\nkubectl rollout status deployment/blog\n\nkubectl rollout pause deployment/blog\n\nkubectl set image deployment/blog blog=sim.tabernetes.dev/web:v2\n\nkubectl set env deployment/blog THEME=dark\n\nkubectl set resources deployment/blog --requests=cpu=50m"},
	},
	"revision": {
		{"one patch for all three", "outside", "kubectl patch deployment cart --patch '{\"metadata\":{\"labels\":{\"team\":\"shop\"}},\"spec\":{\"replicas\":3,\"strategy\":{\"rollingUpdate\":{\"maxSurge\":2}}}}'"},
		{"an annotation by hand in place of a restart", "restart", "kubectl patch deployment cart --patch '{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"again\":\"1\"}}}}}'"},
		{"undo in place of removing", "away", "kubectl rollout undo deployment/cart --to-revision=1"},
	},
	"change-cause": {
		{"annotated afterwards", "together", "kubectl set image deployment/forum forum=sim.tabernetes.dev/web:v3\n\nkubectl annotate deployment/forum kubernetes.io/change-cause='third'"},
		{"too early, then put right", "together", "kubectl annotate deployment/forum kubernetes.io/change-cause='third'\n\nkubectl set image deployment/forum forum=sim.tabernetes.dev/web:v3\n\nkubectl rollout status deployment/forum\n\nkubectl annotate $(kubectl get rs -o name -l app=forum --sort-by=.metadata.creationTimestamp | tail -n 2 | head -n 1) kubernetes.io/change-cause='second' --overwrite"},
	},
	"recreate": {
		{"JSON patch", "strategy", "kubectl patch deployment store --type=json --patch '[{\"op\":\"replace\",\"path\":\"/spec/strategy\",\"value\":{\"type\":\"Recreate\"}}]'"},
		{"forward to the right tag", "back", "kubectl set image deployment/store store=sim.tabernetes.dev/web:v2"},
	},
	"third-version": {
		{"a patch that pauses, too", "second", "kubectl patch deployment news --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"news\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}' && kubectl patch deployment news --patch '{\"spec\":{\"paused\":true}}'"},
		{"both in one patch", "third", "kubectl patch deployment news --patch '{\"spec\":{\"paused\":null,\"template\":{\"spec\":{\"containers\":[{\"name\":\"news\",\"image\":\"sim.tabernetes.dev/web:v3\"}]}}}}'"},
		{"back, then forward", "forward", "kubectl rollout undo deployment/news\n\nkubectl set image deployment/news news=sim.tabernetes.dev/web:v4"},
	},
	"no-failed-request": {
		{"JSON merge patch", "limits", "kubectl patch deployment web --type=merge --patch '{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":2,\"maxUnavailable\":\"0%\"}}}}'"},
		{"a command probe", "readiness", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"readinessProbe\":{\"tcpSocket\":{\"port\":80},\"periodSeconds\":1}}]}}}}'"},
	},
}

func TestOtherRightWaysPass(t *testing.T) {
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	for id, ways := range otherWays {
		lesson := open(t, content, id)
		for _, way := range ways {
			t.Run(id+"/"+way.name, func(t *testing.T) {
				text := stepMark + way.step + "\n" + way.typed + "\n"
				script, problems, err := readScript(fstest.MapFS{"way.sh": {Data: []byte(text)}}, "way.sh")
				if err != nil || len(problems) > 0 {
					t.Fatal(err, problems)
				}
				if _, err := Other(t.Context(), lesson, script); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
