# step: sick
kubectl annotate deployment front sim.tabernetes.dev/http-status=503
