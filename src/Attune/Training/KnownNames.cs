using Attune.Evaluation;
using Attune.Recipes;
using Attune.Tasks;
using Attune.Training.Optimizers;
using Attune.Training.Schedules;
using Attune.Tuning;

namespace Attune.Training;

/// <summary>The names that recipes may use in this process.</summary>
public static class KnownNames
{
    /// <summary>Tasks, methods with their options, data formats, optimizers, schedules and metrics.</summary>
    public static RecipeNames All => new()
    {
        Tasks = TaskRegistry.Names,
        Methods = TuningMethods.Options,
        Optimizers = Optimizer.Names,
        Schedulers = Schedule.Names,
        Metrics = MetricNames.All,
    };
}
