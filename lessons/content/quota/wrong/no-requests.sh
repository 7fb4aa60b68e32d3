# step: out
kubectl patch deployment search --type=json --patch '[{"op":"remove","path":"/spec/template/spec/containers/0/resources"}]'
