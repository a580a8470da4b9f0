using Attune.Data;

namespace Attune.Tasks;

/// <summary>What a task reads of a recipe's data.</summary>
internal static class TaskSource
{
    /// <summary>The same source, in the task's own form where none was named.</summary>
    public static ExampleSource For(this ExampleSource source, ITask task) => source.Form is null && source.Map is null && task.Form is { } form ? source with { Form = form } : source;
}
