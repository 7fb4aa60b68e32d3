# step: hang
kubectl annotate $(kubectl get pods -l app=search -o name | head -n 1) sim.tabernetes.dev/http-status=500
