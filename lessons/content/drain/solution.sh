# step: refused
kubectl drain node-1 --timeout=20s || true

# step: budget
kubectl get pdb cart

kubectl patch pdb cart --type=merge --patch '{"spec":{"minAvailable":null,"maxUnavailable":1}}'
kubectl get pdb cart

# step: drain
kubectl drain node-1

# step: rollout
kubectl uncordon node-1

kubectl patch deployment cart --patch '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":3}}}}'

kubectl set image deployment/cart cart=sim.tabernetes.dev/web:v2

kubectl rollout status deployment/cart
