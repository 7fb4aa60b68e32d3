# step: success
kubectl set image deployment/mail mail=sim.tabernetes.dev/web:v2
