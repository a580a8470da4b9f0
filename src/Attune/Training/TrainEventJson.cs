using System.Text.Json.Serialization;

namespace Attune.Training;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainEvent))]
internal sealed partial class TrainEventJson : JsonSerializerContext;
