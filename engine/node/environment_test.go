package node

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const environmentPod = `
metadata: {name: web, labels: {app: web}, annotations: {note: "first"}}
spec:
  serviceAccountName: robot
  containers:
  - name: main
    image: busybox:1.36
    command: [sleep, infinity]
    resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {memory: 128Mi}}
    envFrom:
    - configMapRef: {name: settings}
    - {prefix: SECRET_, secretRef: {name: password}}
    - configMapRef: {name: absent, optional: true}
    env:
    - {name: COLOR, value: green}
    - {name: GREETING, value: "hello $(COLOR) $(FRUIT) $(ABSENT) $$(COLOR) $(DB_SERVICE_HOST)"}
    - {name: EMPTY}
    - {name: KEY, valueFrom: {configMapKeyRef: {name: settings, key: SIZE}}}
    - {name: NO_KEY, valueFrom: {configMapKeyRef: {name: settings, key: absent, optional: true}}}
    - {name: NO_SECRET, valueFrom: {secretKeyRef: {name: absent, key: absent, optional: true}}}
    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: ACCOUNT, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
    - {name: NOTE, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['note']"}}}
    - {name: CPU_REQUEST, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
    - {name: CPU_LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    - {name: MEMORY_LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
`

const environmentObjectSteps = `
- configMap: {metadata: {name: settings}, data: {SIZE: large, COLOR: red, FRUIT: apple}}
- secret: {metadata: {name: password}, data: {WORD: eA==}}
- service: {metadata: {name: kubernetes}, spec: {clusterIP: 10.96.0.1, ports: [{name: https, port: 443, protocol: TCP}]}}
- service: {metadata: {name: db}, spec: {clusterIP: 10.96.0.9, ports: [{port: 5432, protocol: TCP}]}}
- service: {metadata: {name: other, namespace: elsewhere}, spec: {clusterIP: 10.96.0.10, ports: [{port: 1}]}}
- service: {metadata: {name: headless}, spec: {clusterIP: None, ports: [{port: 1}]}}
`

func TestEnvironment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCluster(t)
		var steps []step
		if err := yaml.UnmarshalStrict([]byte(environmentObjectSteps), &steps); err != nil {
			t.Fatal(err)
		}
		for i := range steps {
			c.doObject(&steps[i].objectStep)
		}
		k, stop := c.run(Options{})
		defer stop()
		pod := &corev1.Pod{}
		if err := yaml.UnmarshalStrict([]byte(environmentPod), pod); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		c.addPod(pod)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		w := k.node("node-1").Pod("default", "web")
		if len(w.Containers()) != 1 {
			t.Fatalf("got %d containers, want one:\n%s", len(w.Containers()), c.record.String())
		}
		var got []string
		for _, variable := range w.Containers()[0].Config().Environment {
			got = append(got, variable.Name+"="+variable.Value)
		}
		want := strings.Fields(`
			ACCOUNT=robot COLOR=green CPU_LIMIT=4 CPU_REQUEST=250
			DB_PORT=tcp://10.96.0.9:5432 DB_PORT_5432_TCP=tcp://10.96.0.9:5432 DB_PORT_5432_TCP_ADDR=10.96.0.9
			DB_PORT_5432_TCP_PORT=5432 DB_PORT_5432_TCP_PROTO=tcp DB_SERVICE_HOST=10.96.0.9 DB_SERVICE_PORT=5432
			EMPTY= FRUIT=apple GREETING=hello_green_apple_$(ABSENT)_$(COLOR)_10.96.0.9
			HOST_IP=172.18.0.2 IP=10.244.1.2 KEY=large
			KUBERNETES_PORT=tcp://10.96.0.1:443 KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443 KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
			KUBERNETES_PORT_443_TCP_PORT=443 KUBERNETES_PORT_443_TCP_PROTO=tcp KUBERNETES_SERVICE_HOST=10.96.0.1
			KUBERNETES_SERVICE_PORT=443 KUBERNETES_SERVICE_PORT_HTTPS=443
			MEMORY_LIMIT=128 NAME=web NODE=node-1 NOTE=first SECRET_WORD=x SIZE=large`)
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], "_green_apple_$(ABSENT)_$(COLOR)_", " green apple $(ABSENT) $(COLOR) ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("environment (-want +got):\n%s", diff)
		}
	})
}
