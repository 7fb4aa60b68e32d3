# step: half-way
kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2
