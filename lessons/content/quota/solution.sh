# step: stuck
kubectl get quota team

kubectl set image deployment/search search=sim.tabernetes.dev/web:v2

# step: out
kubectl patch deployment search --patch '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'

kubectl rollout status deployment/search
