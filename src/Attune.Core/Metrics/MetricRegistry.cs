using System.Reflection;
using System.Text.Json;

namespace Attune.Metrics;

/// <summary>The metrics that a method with a <see cref="MetricAttribute"/> makes known, by name.</summary>
internal static class MetricRegistry
{
    private static readonly Dictionary<string, Func<MetricArguments, object?>> Metrics = typeof(MetricRegistry).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(method => (Name: method.GetCustomAttribute<MetricAttribute>()?.Name, Method: method)).Where(metric => metric.Name is not null)
        .ToDictionary(metric => metric.Name!, metric => Call(metric.Method));

    /// <summary>The metric of that name for such arguments, or null where it is not there.</summary>
    public static Func<MetricArguments, object?>? Find(string name, JsonElement arguments) => Metrics.GetValueOrDefault(Prefix(arguments) + name);

    private static Func<MetricArguments, object?> Call(MethodInfo method) =>
        arguments => method.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [arguments], culture: null);

    private static string Prefix(JsonElement arguments)
    {
        if (arguments.TryGetProperty("scheme", out _))
        {
            return "seqeval_";
        }

        bool isTable = arguments.TryGetProperty("labels", out JsonElement labels) && labels.ValueKind == JsonValueKind.Array
            && labels.GetArrayLength() > 0 && labels[0].ValueKind == JsonValueKind.Array;
        return isTable ? "multilabel_" : "";
    }
}
