# step: repair
kubectl patch deployment shop --type=json --patch '[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]'
