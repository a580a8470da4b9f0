using System.Reflection;
using Attune.Recipes;

namespace Attune.Tasks;

/// <summary>The tasks that this process knows.</summary>
internal static class TaskRegistry
{
    private static readonly Registry<ITask> Known = Registry.Scan<ITask, TaskNameAttribute>("task", [typeof(TaskRegistry).Assembly]);

    /// <summary>The names that a recipe may use, sorted.</summary>
    public static IReadOnlyCollection<string> Names => Known.Names;

    /// <summary>Makes a task.</summary>
    /// <exception cref="AttuneException">There is none of that name.</exception>
    public static ITask Create(string name) => Known.Create(name);
}
