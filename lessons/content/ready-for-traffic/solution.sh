# step: sick
kubectl annotate $(kubectl get pods -l app=front -o name | head -n 1) sim.tabernetes.dev/http-status=503

# step: well
kubectl annotate pods -l app=front sim.tabernetes.dev/http-status-

# step: all
kubectl annotate pods -l app=front sim.tabernetes.dev/http-status=503

# step: back
kubectl annotate pods -l app=front sim.tabernetes.dev/http-status-
