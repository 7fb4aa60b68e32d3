# step: success
kubectl set image deployment/mail mail=sim.tabernetes.dev/crash:10s

kubectl rollout status deployment/mail

# step: back
kubectl rollout undo deployment/mail

kubectl rollout status deployment/mail

# step: patience
kubectl patch deployment mail --patch '{"spec":{"minReadySeconds":20}}'

# step: again
kubectl set image deployment/mail mail=sim.tabernetes.dev/crash:10s

# step: good
kubectl set image deployment/mail mail=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/mail
