# step: suspect
kubectl label $(kubectl get pods -o name | head -n 1) app=suspect --overwrite
kubectl get pods -o custom-columns='NAME:.metadata.name,APP:.metadata.labels.app,OWNER:.metadata.ownerReferences[0].name'

# step: return
kubectl label pods -l app=suspect app=mail --overwrite

# step: orphan
kubectl delete deployment mail --cascade=orphan
kubectl get deployments,replicasets,pods

# step: adopt
kubectl apply -f mail.yaml

# step: two
kubectl apply -f archive.yaml

# step: repair
kubectl delete deployment archive

sed 's/app: mail/app: archive/' archive.yaml | kubectl apply -f -
