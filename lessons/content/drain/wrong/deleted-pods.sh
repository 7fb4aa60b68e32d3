# step: drain
kubectl delete pods --field-selector=spec.nodeName=node-1
